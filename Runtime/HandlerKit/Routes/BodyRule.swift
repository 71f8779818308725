import Wire

/// What a route reads of the request's body.
public struct BodyRule: Sendable {
    let kind: HandlerDescription.Body
    /// The largest body, in bytes; the gateway refuses a longer one with 413.
    public let limit: Int

    /// No body.
    public static let none = BodyRule(kind: .none, limit: 0)

    /// A JSON object whose members are the input's; at most 1 MiB.
    public static let json = BodyRule.json(limit: 1 << 20)

    /// A JSON object whose members are the input's, of at most that many bytes.
    public static func json(limit: Int) -> BodyRule { BodyRule(kind: .json, limit: limit) }

    /// Any bytes, read from the invocation's ``RequestBody``.
    public static func bytes(limit: Int) -> BodyRule { BodyRule(kind: .bytes, limit: limit) }
}
