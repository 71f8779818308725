import Wire

/// What a route reads of the request's body.
public struct BodyRule: Sendable {
    let kind: HandlerDescription.Body
    /// The largest body, in bytes; the gateway refuses a longer one with 413.
    public let limit: Int
    /// Whether texts may hold the character NUL, which the database cannot store.
    var allowsNUL = false
    /// Whether what came of a body is served where its client was cut off.
    var evenInPart = false

    /// No body.
    public static let none = BodyRule(kind: .none, limit: 0)

    /// A JSON object whose members are the input's; at most 1 MiB.
    public static let json = BodyRule.json(limit: 1 << 20)

    /// A JSON object whose members are the input's, of at most that many bytes.
    public static func json(limit: Int) -> BodyRule { BodyRule(kind: .json, limit: limit) }

    /// The same where a text may hold the character NUL, as a password may. The input says itself which of its texts may not.
    public static func jsonWithNUL(limit: Int) -> BodyRule { BodyRule(kind: .json, limit: limit, allowsNUL: true) }

    /// Any bytes, read from the invocation's ``RequestBody``.
    public static func bytes(limit: Int) -> BodyRule { BodyRule(kind: .bytes, limit: limit) }

    /// The same; with `evenInPart` what came of a body is served also where its client was cut off, for protocols that go on where they stopped. Nobody
    /// reads the answer then, and the call is not cancelled.
    public static func bytes(limit: Int, evenInPart: Bool) -> BodyRule { BodyRule(kind: .bytes, limit: limit, evenInPart: evenInPart) }
}
