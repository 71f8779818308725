import Kernel
import Testing
import Wire

@Suite struct TraceTests {
    private static let question = Trace.Question(name: "things.list", digest: UUID(high: 1, low: 2))
    private static let table = Trace.Table(columns: ["a", "ä"], rows: [[[1, 2], nil], [[], [0]]], affected: 2)
    private static let fault = Trace.Fault(code: "CONFLICT", message: "Taken", detail: "23505")

    static let whole = Trace(
        began: 7,
        entries: [
            .now(-5), .instant(3), .id(UUID(high: 3, low: 4)),
            .statements(question, .value([table, Trace.Table(columns: [], rows: [], affected: 9)])),
            .statements(question, .fault(fault)), .opened(nil), .opened(fault), .committed(nil), .committed(fault), .streamed(question, [table], nil),
            .streamed(question, [], fault), .called(question, .value(.init(status: 200, body: [1]))), .called(question, .fault(fault)),
        ], detail: "why", divergences: ["one", "two"])

    @Test("a trace comes back as it was") func roundTrip() throws {
        #expect(try Trace(bytes: Self.whole.bytes) == Self.whole)
    }

    @Test("a trace that is cut short, or of another version, is refused") func broken() {
        let bytes = Self.whole.bytes
        for count in 0..<bytes.count { #expect(throws: WireError.self) { try Trace(bytes: Array(bytes[..<count])) } }
        #expect(throws: WireError.self) { try Trace(bytes: [9] + bytes.dropFirst()) }
        #expect(throws: WireError.self) { try Trace(bytes: bytes + [0]) }
    }

    @Test("no count in a trace takes memory that its bytes do not stand for") func hostileCount() {
        var bytes = Trace().bytes
        bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [255, 255, 255, 255])
        #expect(throws: WireError.self) { try Trace(bytes: bytes) }
    }

    @Test("past the limit a trace says so and holds nothing") func truncated() throws {
        let big = Trace.Table(columns: ["a"], rows: [[[UInt8](repeating: 1, count: Trace.maximumBytes)]], affected: 1)
        let read = try Trace(bytes: Trace(began: 1, entries: [.statements(Self.question, .value([big]))], detail: "why").bytes)
        #expect(read == Trace(began: 1, detail: "why", isTruncated: true))
    }
}
