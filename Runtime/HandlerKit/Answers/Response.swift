public import Wire

/// What a route answers.
public struct Response: Sendable {
    /// The HTTP status.
    public var status: Int
    /// Header lines, names in lower case. Length, date and request id are the gateway's.
    public var headers: [HeaderField]
    /// What follows the head.
    public var body: Body
    /// Whether it shows a secret that is shown only once: it is then stored nowhere, also not under an `Idempotency-Key`.
    public var isSecret = false

    /// The three kinds of answer.
    public enum Body: Sendable {
        /// All of it at once.
        case bytes([UInt8])
        /// Written piece by piece, as fast as the client reads.
        case stream(@Sendable (ResponseWriter) async throws -> Void)
        /// Handed over to the gateway, which keeps the client and feeds it from a channel, behind a cursor.
        case subscribe(channel: String, from: String?)
    }

    /// An answer of those parts.
    public init(status: Int, headers: [HeaderField] = [], body: Body) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Bytes that are JSON already, for example because the database built them.
    public static func json(_ bytes: [UInt8], status: Int = 200) -> Response {
        Response(status: status, headers: jsonHeaders, body: .bytes(bytes))
    }

    /// A value as JSON.
    public static func json(_ value: some Encodable, status: Int = 200) throws -> Response {
        json(try JSON.encode(value), status: status)
    }

    /// A value as JSON with 201.
    public static func created(_ value: some Encodable) throws -> Response { try json(value, status: 201) }

    /// 204, nothing more.
    public static var noContent: Response { Response(status: 204, body: .bytes([])) }

    /// Bytes of any kind.
    public static func bytes(_ bytes: [UInt8], contentType: String, status: Int = 200) -> Response {
        Response(status: status, headers: [HeaderField(name: "content-type", value: contentType)], body: .bytes(bytes))
    }

    /// A body that is written piece by piece. The head leaves with the first piece; the closure's end is the body's.
    public static func stream(
        contentType: String, status: Int = 200, _ write: @escaping @Sendable (ResponseWriter) async throws -> Void
    ) -> Response {
        Response(status: status, headers: [HeaderField(name: "content-type", value: contentType)], body: .stream(write))
    }

    /// The same where the gateway gathers the whole body, in a file, before the client gets any of it: the closure never waits for the client, and what
    /// it throws is the answer, whenever it throws. Bounded by the tenant's room for bodies on disk.
    public static func spooled(
        contentType: String, status: Int = 200, _ write: @escaping @Sendable (ResponseWriter) async throws -> Void
    ) -> Response {
        var response = stream(contentType: contentType, status: status, write)
        response.headers.append(AnswerHead.spooled)
        return response
    }

    /// Turns the request into a listener of one of the handler's feeds: events behind the cursor, the oldest kept where it is nil.
    public static func subscribe(_ channel: String, from: String?) -> Response {
        Response(status: 200, body: .subscribe(channel: channel, from: from))
    }

    private static let jsonHeaders = [HeaderField(name: "content-type", value: "application/json")]
}
