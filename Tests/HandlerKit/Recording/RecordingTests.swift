import Kernel
import Postgres
import Testing
import Wire

@testable import HandlerKit

/// Reads all there is outside, and fails where it is told to.
private struct Reader: Handler {
    struct Times: Decodable, Sendable { var calls: Int, ends: String }
    struct Read: Codable, Sendable {
        var ids: [UUID]
        var now: Timestamp
        var passed: Int64
        var names: [String]
    }
    struct Name: Codable, Sendable { var name: String }

    init(environment: HandlerEnvironment) {}

    var routes: [Route] {
        Route.get("/read", access: .bearer()) { (input: Times, invocation) in
            let begun = invocation.time.instant()
            var names: [String] = []
            for _ in 0..<input.calls { names.append(try await invocation.call("GET /name", as: Name.self).name) }
            let read = Read(
                ids: [invocation.makeID(), invocation.makeID()], now: invocation.time.now(),
                passed: begun.duration(to: invocation.time.instant()).microseconds, names: names)
            let text = String(decoding: try JSON.encode(read), as: UTF8.self)
            switch input.ends {
            case "500": return Response(status: 500, body: .bytes(Array(text.utf8)))
            case "throw": throw AppError(.internalError, detail: text)
            case "404": throw AppError(.notFound)
            default: return Response(status: 200, body: .bytes(Array(text.utf8)))
            }
        }
        // What the route above becomes when somebody mends it.
        Route.get("/other", access: .bearer()) { (_: NoInput, invocation) in
            try await invocation.call("GET /another", as: Name.self)
        }
    }
}

@Suite struct RecordingTests {
    private typealias End = (trace: Trace?, last: Frame)

    /// Frames up to the last one, calls answered with a name of their own each.
    private func end(_ gateway: Gateway, _ stream: StreamID) async throws -> End {
        var bytes: [UInt8] = []
        while true {
            switch try await gateway.receive() {
            case .trace(stream, let piece): bytes += piece
            case .call(stream, let call):
                gateway.send(.called(stream, NestedAnswer(number: call.number, status: 200, body: Array(#"{"name":"n\#(call.number)"}"#.utf8))))
            case let last: return (bytes.isEmpty ? nil : try Trace(bytes: bytes), last)
            }
        }
    }

    private func run(_ recording: Recording, route: UInt16 = 0, calls: Int = 2, ends: String) async throws -> End {
        nonisolated(unsafe) var result: End?
        try await withProcess(Reader.self) { gateway in
            _ = try await gateway.start()
            let stream = gateway.invoke(.route(route), query: route == 0 ? "calls=\(calls)&ends=\(ends)" : "", recording: recording)
            result = try await end(gateway, stream)
        }
        return try #require(result)
    }

    private func body(_ frame: Frame) -> String {
        if case .answer(_, let head) = frame { head.body.text } else { "\(frame)" }
    }

    @Test("a failed invocation leaves its trace, one that is answered or refused leaves none") func onFailure() async throws {
        #expect(try await run(.keepForFailure, ends: "200").trace == nil)
        #expect(try await run(.keepForFailure, ends: "404").trace == nil)
        #expect(try await run(.none, ends: "500").trace == nil)
        #expect(try await run(.keep, ends: "200").trace?.entries.isEmpty == false)
        let failed = try await run(.keepForFailure, ends: "throw")
        #expect(failed.trace?.detail.contains(#""names":["n1","n2"]"#) == true)
        #expect(failed.trace?.entries.count == 7)
    }

    @Test("a replay gives the same answer: clocks, identifiers and calls are those of the recording") func replay() async throws {
        let recorded = try await run(.keepForFailure, ends: "500")
        let trace = try #require(recorded.trace)
        for _ in 0..<2 {
            let replayed = try await run(.replay(trace.bytes), ends: "500")
            #expect(body(replayed.last) == body(recorded.last))
            #expect(body(replayed.last).contains(#""names":["n1","n2"]"#))
            #expect(replayed.trace?.divergences == [])
        }
        let failed = try await run(.keepForFailure, ends: "throw")
        let again = try await run(.replay(try #require(failed.trace).bytes), ends: "throw")
        #expect(again.trace?.detail == failed.trace?.detail)
    }

    @Test("a program that asks for more or for something else diverges, and says what was expected") func divergence() async throws {
        let trace = try #require(try await run(.keep, ends: "200").trace)
        let more = try await run(.replay(trace.bytes), calls: 3, ends: "200")
        #expect(more.trace?.divergences == ["expected no call more, found the call `GET /name`"])
        let other = try await run(.replay(trace.bytes), route: 1, ends: "")
        #expect(other.trace?.divergences == ["expected the call `GET /name`, found the call `GET /another`"])
        guard case .failure(_, let failure) = other.last else { throw Gateway.Unexpected(other.last) }
        #expect(failure.code == "INTERNAL_ERROR")
        let fewer = try await run(.replay(trace.bytes), calls: 1, ends: "200")
        #expect(fewer.trace?.divergences == [])
        #expect(try await run(.replay([1, 2, 3]), calls: 0, ends: "200").trace?.divergences.first?.contains("cannot be read") == true)
    }
}

@Suite struct PlayerTests {
    private static let first = Statement("first", "select 1")
    private static let second = Statement("second", "select $1")

    private func table(_ value: Int32) -> Trace.Table {
        Trace.Table(columns: ["value"], rows: [[withUnsafeBytes(of: value.bigEndian) { Array($0) }]], affected: 1)
    }

    @Test("statements are found by text and values, alike ones in their order; rows read as the database's") func statements() throws {
        func question(_ bind: Int64) -> Trace.Question { Trace.Question([Call(Self.first), Call(Self.second, [.int64(bind)])]) }
        let trace = Trace(entries: [
            .statements(question(1), .value([table(10), Trace.Table(columns: [], rows: [], affected: 3)])),
            .statements(question(2), .value([table(20)])),
            .statements(question(1), .fault(.init(code: "CONFLICT", message: "Taken", detail: "23505"))),
        ])
        let player = Player(trace.bytes)
        #expect(try player.statements(question(2))[0][0].int32(0) == 20)
        let rows = try player.statements(question(1))
        #expect(try rows[0][0].int32(0) == 10)
        #expect(rows[0].columns == ["value"])
        #expect(rows[1].isEmpty)
        #expect(rows[1].affected == 3)
        #expect(throws: AppError.self) { try player.statements(question(1)) }
        #expect(player.divergences.isEmpty)
        #expect(throws: AppError.self) { try player.statements(question(1)) }
        #expect(player.divergences == ["expected no statement more, found the statement `first, second`"])
    }

    @Test("other values are named as such") func otherValues() {
        let player = Player(Trace(entries: [.statements(Trace.Question([Call(Self.second, [.int64(1)])]), .value([]))]).bytes)
        #expect(throws: AppError.self) { try player.statements(Trace.Question([Call(Self.second, [.text("1")])])) }
        #expect(player.divergences == ["expected the statement `second`, found the statement `second` with other values or another text"])
    }

    @Test("null, empty and long values survive; a stream ends with its error") func stream() async throws {
        let table = Trace.Table(columns: ["a", "b"], rows: [[nil, []], [Array("ä".utf8), [UInt8](repeating: 7, count: 100_000)]], affected: 2)
        let question = Trace.Question("select", [.null])
        let player = Player(
            Trace(entries: [.streamed(question, [table], .init(code: "UNAVAILABLE", message: "", detail: ""))]).bytes)
        var rows: [Row] = []
        let error = await #expect(throws: AppError.self) {
            for try await row in try player.stream(question) { rows.append(row) }
        }
        #expect(error?.code == .unavailable)
        #expect(rows.count == 2)
        #expect(rows[0].isNull(0))
        #expect(!rows[0].isNull(1))
        #expect(try rows[0].bytes(1) == [])
        #expect(try rows[1].text(0) == "ä")
        #expect(try rows[1].bytes(1).count == 100_000)
        #expect(try Rows(columns: table.columns, cells: table.rows, affected: 2).cells == table.rows)
    }

    @Test("past the limit nothing is kept, and the trace says so") func limit() throws {
        let recorder = Recorder()
        let rows = try Rows(columns: ["a"], cells: [[[1]]], affected: 1)
        recorder.statements([Call(Self.first)], [rows], bytes: 1)
        #expect(recorder.trace(began: Timestamp(seconds: 1), detail: "").entries.count == 1)
        recorder.statements([Call(Self.first, [.bytes([UInt8](repeating: 0, count: Trace.maximumBytes))])], [rows], bytes: 1)
        recorder.statements([Call(Self.first)], [rows], bytes: 1)
        let trace = recorder.trace(began: Timestamp(seconds: 1), detail: "d")
        #expect(trace.isTruncated)
        #expect(trace.entries.isEmpty)
        #expect(trace.detail == "d")
    }

    @Test("clocks and identifiers go on by themselves past what was recorded, alike in each replay") func goesOn() {
        let bytes = Trace(began: 5_000_000, entries: [.now(6_000_000), .instant(1000)]).bytes
        let started = ContinuousClock.now
        let ids = (0..<2).map { _ in
            let player = Player(bytes)
            #expect(player.now() == Timestamp(seconds: 6))
            #expect(player.now() == Timestamp(seconds: 6))
            #expect(player.instant(since: started) == started.advanced(by: .nanoseconds(1000)))
            #expect(player.instant(since: started) == started.advanced(by: .nanoseconds(1000)))
            return [player.id(), player.id()]
        }
        #expect(ids[0] == ids[1])
        #expect(ids[0][0] != ids[0][1])
    }
}
