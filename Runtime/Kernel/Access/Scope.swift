/// A right of the form `area:verb`, such as `businesses:read`; `area:*` stands for every verb of an area.
///
/// What a route needs is taken apart once, so that asking who holds it compares two numbers.
public struct Scope: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
    /// Who holds a scope by nature.
    public enum Family: Sendable, Hashable {
        /// What concerns the caller alone: every member holds it, no key ever does.
        case personal
        /// What decides over others' rights or shows what they did: owners, admins, and roles that name it.
        case administrative
        case ordinary
    }

    public let rawValue: String
    public let family: Family
    /// The lowest of the built-in roles that holds it.
    let rank: Role.Rank

    /// Nil unless both parts are `[a-z][a-z0-9_]{0,31}`, or the second is `*`.
    public init?(rawValue: String) {
        let parts = rawValue.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isName(parts[0]), parts[1] == "*" || Self.isName(parts[1]) else { return nil }
        self.init(rawValue, area: parts[0], verb: parts[1])
    }

    private init(_ rawValue: String, area: Substring, verb: Substring) {
        self.rawValue = rawValue
        family = Self.family(area, verb)
        rank =
            switch family {
            case .personal: .viewer
            case .administrative: .admin
            case .ordinary: verb == "read" ? .viewer : Self.analysts.contains(rawValue) ? .analyst : .admin
            }
    }

    public var description: String { rawValue }

    /// Whether it is this scope, or all of the area that the scope is of.
    public func covers(_ other: Scope) -> Bool {
        rawValue == other.rawValue || rawValue.utf8.last == UInt8(ascii: "*") && other.rawValue.utf8.starts(with: rawValue.utf8.dropLast())
    }

    /// All that is personal, as scopes.
    public static let personal = personalAreas.sorted().compactMap { Scope(rawValue: "\($0):*") }

    /// A scope that no route asks for: rights that are bound to it are none.
    static let nothing = Scope("nothing:nothing", area: "nothing", verb: "nothing")

    private static let personalAreas: Set<String> = ["profile", "sessions", "mfa"]
    private static let administrativeAreas: Set<String> = ["audit", "keys", "roles", "sso", "tenant"]
    private static let analysts: Set<String> = ["data:write", "alerts:write"]

    private static func family(_ area: Substring, _ verb: Substring) -> Family {
        if personalAreas.contains(String(area)) { return .personal }
        if administrativeAreas.contains(String(area)) || area == "members" && verb != "read" { return .administrative }
        return .ordinary
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, (97...122).contains(first), text.utf8.count <= 32 else { return false }
        return text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
    }
}

extension Scope: InputDescribing {
    public static var inputSchema: InputSchema { InputSchema(.text(example: "businesses:read")) }
    public static var inputExample: Scope { Scope("businesses:read", area: "businesses", verb: "read") }
}
