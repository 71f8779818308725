import Kernel
import Manifest
import Testing
import Wire

@testable import Host

@Suite("Calls between handlers") struct CallTests {
    private func origin(depth: UInt8 = 0, key: String? = "k", handler: String = "a") -> CallOrigin {
        CallOrigin(
            handler: handler, depth: depth, requestID: "r", idempotency: key.map { Idempotency(key: $0, fingerprint: [1]) }, principal: nil,
            deadline: .after(.seconds(1)), address: "192.0.2.1")
    }

    private func call(_ number: UInt32 = 1, path: String = "/x", query: String = "", body: [UInt8] = []) -> NestedCall {
        NestedCall(number: number, method: "POST", path: path, query: query, body: body)
    }

    @Test("pitfall 46: the fourth call behind a client's own is the last") func depth() throws {
        #expect(try origin(depth: 0).nextDepth() == 1)
        #expect(try origin(depth: 3).nextDepth() == 4)
        let error = #expect(throws: AppError.self) { try origin(depth: 4).nextDepth() }
        #expect(error?.code == .loopDetected)
        #expect(error?.code.status == 508)
    }

    @Test("a derived key depends on the caller's key, its handler and the call's number; the fingerprint on what is asked") func keys() {
        let first = origin().idempotency(of: call())
        #expect(first == origin().idempotency(of: call()))
        #expect(first?.key != origin().idempotency(of: call(2))?.key)
        #expect(first?.key != origin(key: "other").idempotency(of: call())?.key)
        #expect(first?.key != origin(handler: "b").idempotency(of: call())?.key)
        #expect(first?.key == origin().idempotency(of: call(body: [1]))?.key)
        let prints = [call(), call(body: [1]), call(path: "/xy"), call(path: "/x", query: "y")].map { origin().idempotency(of: $0)?.fingerprint }
        #expect(Set(prints).count == 4)
        #expect((first?.key.utf8.count ?? 0) <= 255)
        #expect(origin(key: nil).idempotency(of: call()) == nil)
    }

    @Test("a manifest that calls a route which nobody serves is an error that names file, line, handler and route") func unknown() throws {
        let folder = "/tmp/tenantry-calls-\(UInt64.random(in: .min ... .max))"
        try File.makeFolder(folder)
        try File.write(Array("name: a\nprogram: x\ncalls:\n  - GET /there/{id}\n  - GET /nowhere\n".utf8), to: "\(folder)/handler.yaml")
        let route = HandlerDescription.Route(
            method: "GET", path: "/there/{number}", summary: "", access: .init(kind: .bearer, scope: ""), writes: false, body: .none, bodyLimit: 0,
            status: 200, inputSchema: "", outputSchema: "")
        let served = (manifest: try Manifest.load(folder: folder), description: HandlerDescription(routes: [route], feeds: []))
        let error = #expect(throws: AppError.self) { try RouteTable.check([served]) }
        #expect(error?.issues == [.init(field: "\(folder)/handler.yaml:5", issue: "the handler a calls `GET /nowhere`, which no handler serves")])
    }

    @Test("what calls used is counted once, the time of the caller not twice") func receipts() {
        let own = Receipt(handlerMicroseconds: 100, databaseMicroseconds: 10, cpuMicroseconds: 5, rows: 1, databaseBytes: 7)
        let calls = Receipt(handlerMicroseconds: 60, databaseMicroseconds: 20, cpuMicroseconds: 6, rows: 2, databaseBytes: 8)
        #expect(
            own.adding(calls: calls)
                == Receipt(handlerMicroseconds: 100, databaseMicroseconds: 30, cpuMicroseconds: 11, rows: 3, databaseBytes: 15))
    }
}
