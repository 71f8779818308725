public import Wire

/// What a route answers.
public struct Response: Sendable {
    /// The HTTP status.
    public var status: Int
    /// Header lines, names in lower case. Length, date and request id are the gateway's.
    public var headers: [HeaderField]
    /// What follows the head.
    public var body: Body

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
    public static func json(_ bytes: [UInt8], status: Int = 200) -> Response { fatalError() }

    /// A value as JSON.
    public static func json(_ value: some Encodable, status: Int = 200) throws -> Response { fatalError() }

    /// A value as JSON with 201.
    public static func created(_ value: some Encodable) throws -> Response { fatalError() }

    /// 204, nothing more.
    public static var noContent: Response { fatalError() }

    /// A body that is written piece by piece. The head leaves with the first piece.
    public static func stream(
        contentType: String, status: Int = 200, _ write: @escaping @Sendable (ResponseWriter) async throws -> Void
    ) -> Response { fatalError() }

    /// Turns the request into a listener of one of the handler's feeds: events behind the cursor, the oldest kept where it is nil.
    public static func subscribe(_ channel: String, from: String?) -> Response { fatalError() }
}
