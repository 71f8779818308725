/// Bytes as a client might send them, and what must come of it.
struct RawCase: Sendable {
    enum Fate: Sendable {
        /// The connection serves another request.
        case stays
        /// The connection ends behind the last answer.
        case ends
    }

    /// What it tries, with the section of the RFC.
    let name: String
    let bytes: [UInt8]
    /// Of all answers, in order.
    let statuses: [Int]
    var fate = Fate.stays
    /// The last answer's body; nil: any.
    var body: String?
    /// Whether the client says that it will not send any more.
    var halfCloses = false
    /// Whether the answers have no bodies, since HEAD was asked.
    var isHead = false

    /// A request that two servers could read differently, or that none should read: one error in the one shape, then the end.
    static func refused(_ name: String, _ text: String, _ status: Int = 400) -> RawCase { refused(name, Array(text.utf8), status) }

    static func refused(_ name: String, _ bytes: [UInt8], _ status: Int = 400) -> RawCase {
        RawCase(name: name, bytes: bytes, statuses: [status], fate: .ends)
    }

    /// Requests that are answered, on a connection that stays.
    static func served(_ name: String, _ text: String, _ statuses: [Int] = [200], body: String? = nil) -> RawCase {
        RawCase(name: name, bytes: Array(text.utf8), statuses: statuses, body: body)
    }

    /// Requests that are answered, on a connection that ends then.
    static func last(_ name: String, _ text: String, _ statuses: [Int] = [200], body: String? = nil, halfCloses: Bool = false) -> RawCase {
        RawCase(name: name, bytes: Array(text.utf8), statuses: statuses, fate: .ends, body: body, halfCloses: halfCloses)
    }
}

/// Requests that the cases are made of.
struct RawRequests: Sendable {
    let token: String

    /// A body for the route that repeats it. `lines` end in CRLF each.
    func echo(_ lines: String, _ body: String = "") -> String {
        "POST /probe/echo/bytes HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n\(lines)\r\n\(body)"
    }

    /// A chunked body for the same route.
    func chunked(_ body: String) -> String { echo("Transfer-Encoding: chunked\r\n", body) }

    /// A body for a path that does not exist.
    func unknown(_ lines: String, _ body: String = "") -> String { "POST /nothing/here HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\(body)" }

    func get(_ lines: String = "Host: a\r\n", path: String = "/health") -> String { "GET \(path) HTTP/1.1\r\n\(lines)\r\n" }

    /// What a smuggler hides behind another request.
    var smuggled: String { "GET /version HTTP/1.1\r\nHost: a\r\n\r\n" }
}
