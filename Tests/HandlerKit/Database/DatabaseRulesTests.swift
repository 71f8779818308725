import Kernel
import Logging
import Postgres
import Reactor
import Testing
import Wire

@testable import HandlerKit

@Suite struct DatabaseRulesTests {
    private final class Nowhere: FrameSink, Sendable {
        func send(_ frame: Frame) {}
    }
    private static let nowhere = Nowhere()
    private let read = Statement("test.read", "select 1")
    private let write = Statement("test.write", "delete", access: .write)

    private func exchange(_ route: Route) throws -> Exchange {
        let reactor = Reactor(name: "unused")
        let logger = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }
        let client = PostgresClient(.init(host: "localhost", user: "nobody", database: "nothing"), reactor: reactor, logger: logger)
        return Exchange(
            stream: 1,
            head: InvocationHead(
                target: .route(0), scope: .tenant, invocation: InvocationID(.zero), requestID: "", context: "", remainingMicroseconds: 1_000_000),
            endpoint: try route.endpoint.get(), services: Services(reactor: reactor, client: client, time: .system, logger: logger),
            connection: Self.nowhere)
    }

    private let reading = Route.get("/a", access: .bearer()) { (_: NoInput, _) in .noContent }
    private let writing = Route.post("/a", access: .bearer(), body: .none) { (_: NoInput, _) in .noContent }

    @Test("a route that does not write sends no statement that does")
    func access() throws {
        let reading = try exchange(reading)
        #expect(try reading.check([Call(read)]) == false)
        let error = #expect(throws: AppError.self) { try reading.check([Call(read), Call(write)]) }
        #expect(error?.detail?.contains("test.write") == true)
        #expect(try exchange(writing).check([Call(write)]) == false)
    }

    @Test("pitfall 51: beside an open transaction nothing of the invocation reaches the database")
    func interactive() throws {
        let exchange = try exchange(writing)
        exchange.isInteractive = true
        #expect(throws: AppError.self) { try exchange.check([Call(read)]) }
    }

    @Test("nothing is begun or committed for somebody who is gone")
    func cancelled() throws {
        let exchange = try exchange(writing)
        try exchange.checkCommit()
        exchange.cancel(.revoked)
        #expect(throws: CancellationError.self) { try exchange.check([Call(read)]) }
        #expect(throws: CancellationError.self) { try exchange.checkCommit() }
    }

    @Test("the catalogue as JSON")
    func catalogue() {
        #expect(
            [write].catalogue.text == #"[{"name":"test.write","text":"delete","access":"write","cost":"unknown","plan":"auto"}]"#)
    }
}
