public import Kernel
public import Wire

/// A recorded invocation: the request with its secrets taken out, how it ended, and what it read from outside.
public struct RecordedInvocation: Sendable {
    /// What is said of it in words and numbers.
    public struct Facts: Sendable, Hashable, Codable {
        /// How an invocation ended.
        public enum Ending: String, Sendable, Hashable, Codable {
            /// With an error.
            case failed
            /// With an answer.
            case answered
            /// With its process: nobody knows what it read.
            case died
        }

        public var handler: String
        /// SHA-256 of the program; empty where it could not be read.
        public var program: String
        /// The gateway's version.
        public var version: String
        public var method: String
        /// With its parameters' names.
        public var route: String
        public var requestID: String
        public var endedAt: Timestamp
        public var ending: Ending
        public var status: Int
        /// The error's code; empty where there is none.
        public var code: String
        /// The error's words, as its caller read them.
        public var message: String
        /// Parts of the request that were taken out, for example `body.password`.
        public var redacted: [String]
        /// Whether the request's body was longer than what is kept.
        public var bodyIsCut: Bool

        enum CodingKeys: String, CodingKey {
            case handler, program, version, method, route, ending, status, code, message, redacted
            case requestID = "request_id"
            case endedAt = "ended_at"
            case bodyIsCut = "body_is_cut"
        }
    }

    public var facts: Facts
    /// The request, without context and idempotency.
    public var head: InvocationHead
    /// A ``Trace`` as bytes; empty where there is none.
    public var trace: [UInt8]
    /// The answer's body; empty where it ended with an error.
    public var answer: [UInt8]

    public var tenant: TenantID { head.tenant }
    public var invocation: InvocationID { head.invocation }

    init(facts: Facts, head: InvocationHead, trace: [UInt8], answer: [UInt8]) {
        self.facts = facts
        self.head = head
        self.trace = trace
        self.answer = answer
    }

    /// Facts as JSON, request as its frame, trace, answer; each behind its length in four bytes.
    func bytes() throws(AppError) -> [UInt8] {
        var frame: [UInt8] = []
        Frame.invoke(1, head).encode(into: &frame)
        var bytes: [UInt8] = []
        for part in [try JSON.encode(facts), frame, trace, answer] {
            withUnsafeBytes(of: UInt32(part.count).littleEndian) { bytes.append(contentsOf: $0) }
            bytes += part
        }
        return bytes
    }

    private static func head(in frame: [UInt8]) -> InvocationHead? {
        var decoder = FrameDecoder()
        frame.withUnsafeBytes { decoder.append($0) }
        guard case .invoke(_, let head)? = try? decoder.next() else { return nil }
        return head
    }

    /// A frame of version 3 of the wire, which knew no data keys, with an empty list of them at its end.
    private static func withoutKeys(_ frame: [UInt8]) -> [UInt8] {
        guard frame.count >= 4 else { return [] }
        let length = UInt32(truncatingIfNeeded: frame.count - 4 + 2)
        return withUnsafeBytes(of: length.littleEndian) { Array($0) } + frame.dropFirst(4) + [0, 0]
    }

    init(bytes: [UInt8]) throws(AppError) {
        let unreadable = AppError(.unprocessableFile, "the recording has a form that this version does not read")
        var parts: [[UInt8]] = []
        var rest = bytes[...]
        while rest.count >= 4 {
            let count = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard count <= rest.count else { throw unreadable }
            parts.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        guard parts.count == 4, rest.isEmpty else { throw unreadable }
        facts = try JSON.decode(Facts.self, from: try JSON.read(parts[0]))
        guard let head = Self.head(in: parts[1]) ?? Self.head(in: Self.withoutKeys(parts[1])) else { throw unreadable }
        self.head = head
        trace = parts[2]
        answer = parts[3]
    }
}
