import Kernel
import Postgres
import Testing
import Wire

@testable import HandlerKit

/// Calls other handlers in every way.
private struct Caller: Handler {
    struct Thing: Codable, Sendable { var name: String }
    struct Count: Decodable, Sendable { var count: Int }

    init(environment: HandlerEnvironment) {}

    var routes: [Route] {
        Route.post("/one", access: .bearer(), body: .none) { (_: NoInput, invocation) in
            try await invocation.call("PUT /things/{id}", ["id": "7 7"], query: ["q": "1"], input: Thing(name: "sent"), as: Thing.self)
        }
        Route.get("/many", access: .bearer()) { (input: Count, invocation) in
            try await withThrowingTaskGroup(of: Thing.self) { group in
                for _ in 0..<input.count { group.addTask { try await invocation.call("GET /thing") } }
                var names: [String] = []
                for try await thing in group { names.append(thing.name) }
                return Thing(name: names.sorted().joined(separator: " "))
            }
        }
        Route.get("/locked", access: .bearer()) { (_: NoInput, invocation) in
            invocation.exchange.isInteractive = true
            return try await invocation.call("GET /thing", as: Thing.self)
        }
        Route.get("/open", access: .bearer()) { (_: NoInput, invocation) in
            async let thing: Thing = invocation.call("GET /thing")
            await Task.yield()
            while invocation.exchange.calls.isIdle { await Task.yield() }
            try await invocation.database.interactive { _ in }
            return try await thing
        }
    }
}

@Suite struct CallTests {
    private func receiveCall(_ gateway: Gateway, _ stream: StreamID) async throws -> NestedCall {
        let frame = try await gateway.receive()
        guard case .call(stream, let call) = frame else { throw Gateway.Unexpected(frame) }
        return call
    }

    @Test("a call carries method, path, query and body, and its answer is read by type") func one() async throws {
        try await withProcess(Caller.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(0))
            let call = try await receiveCall(gateway, stream)
            #expect(call == NestedCall(number: 1, method: "PUT", path: "/things/7%207", query: "q=1", body: Array(#"{"name":"sent"}"#.utf8)))
            gateway.send(.called(stream, NestedAnswer(number: 1, status: 200, body: Array(#"{"name":"back","more":1}"#.utf8))))
            #expect(try await gateway.answer().body.text == #"{"name":"back"}"#)
        }
    }

    @Test("an error of the called handler is thrown as the same code, with its issues") func error() async throws {
        try await withProcess(Caller.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(0))
            _ = try await receiveCall(gateway, stream)
            let body = #"{"error":{"code":"VALIDATION_ERROR","message":"No","errors":[{"field":"a","issue":"b"}],"request_id":"r"}}"#
            gateway.send(.called(stream, NestedAnswer(number: 1, status: 400, body: Array(body.utf8))))
            let failure = try await gateway.failure()
            #expect(failure.code == "VALIDATION_ERROR")
            #expect(failure.message == "No")
            #expect(failure.issues == [.init(field: "a", issue: "b")])
        }
    }

    @Test("what is no answer of the expected form is an internal error", arguments: [(200, "[]"), (200, "{"), (500, "oops"), (404, "{}")])
    func unusable(_ status: Int, _ body: String) async throws {
        try await withProcess(Caller.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(0))
            _ = try await receiveCall(gateway, stream)
            gateway.send(.called(stream, NestedAnswer(number: 1, status: UInt16(status), body: Array(body.utf8))))
            #expect(try await gateway.failure().code == "INTERNAL_ERROR")
        }
    }

    @Test("many calls run at once, at most sixteen on the wire; answers find theirs in any order") func many() async throws {
        try await withProcess(Caller.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(1), query: "count=20")
            var open: [UInt32] = []
            for _ in 0..<16 { open.append(try await receiveCall(gateway, stream).number) }
            #expect(open == Array(1...16))
            for number in open.reversed() {
                gateway.send(.called(stream, NestedAnswer(number: number, status: 200, body: Array(#"{"name":"\#(number)"}"#.utf8))))
            }
            for number in 17...20 {
                #expect(try await receiveCall(gateway, stream).number == number)
                gateway.send(.called(stream, NestedAnswer(number: UInt32(number), status: 200, body: Array(#"{"name":"\#(number)"}"#.utf8))))
            }
            let expected = (1...20).map { "\($0)" }.sorted().joined(separator: " ")
            #expect(try await gateway.answer().body.text == #"{"name":"\#(expected)"}"#)
        }
    }

    @Test("a cancelled invocation does not wait for its calls") func cancelled() async throws {
        try await withProcess(Caller.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(0))
            _ = try await receiveCall(gateway, stream)
            gateway.send(.cancel(stream, .deadline))
            #expect(try await gateway.failure().code == "DEADLINE_EXCEEDED")
            // It crossed the cancellation: no harm.
            gateway.send(.called(stream, NestedAnswer(number: 1, status: 200, body: [])))
            gateway.invoke(.route(2))
            _ = try await gateway.failure()
        }
    }

    @Test("pitfalls 51, 58: no call inside an open transaction, no transaction beside a call") func locked() async throws {
        try await withProcess(Caller.self) { gateway in
            _ = try await gateway.start()
            gateway.invoke(.route(2))
            #expect(try await gateway.failure().code == "INTERNAL_ERROR")
            let stream = gateway.invoke(.route(3))
            _ = try await receiveCall(gateway, stream)
            #expect(try await gateway.failure().code == "INTERNAL_ERROR")
        }
    }

    @Test("an answer to no call ends the wire") func stray() async throws {
        let result = try await withProcess(Caller.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(0))
            _ = try await receiveCall(gateway, stream)
            gateway.send(.called(stream, NestedAnswer(number: 9, status: 200, body: [])))
            await #expect(throws: Gateway.Unexpected.self) {
                while true { _ = try await gateway.receive() }
            }
        }
        #expect(result.error is WireError)
    }
}
