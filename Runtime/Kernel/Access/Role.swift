/// The name of what a member is in a tenant: one of four roles that every tenant has, or one of the tenant's own.
public struct Role: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
    /// The order of the built-in roles: each holds all that the ones before it hold.
    enum Rank: UInt8, Sendable, Comparable {
        /// A role of the tenant's own, which holds what it names.
        case custom, viewer, analyst, admin, owner

        static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }
    }

    public let rawValue: String
    let rank: Rank

    public static let viewer = Role("viewer", .viewer)
    public static let analyst = Role("analyst", .analyst)
    public static let admin = Role("admin", .admin)
    public static let owner = Role("owner", .owner)

    /// The roles that every tenant has, the least first.
    public static let builtIn = [viewer, analyst, admin, owner]

    /// Nil unless the name is `[a-z][a-z0-9_-]{0,31}`, and for `none`, which stands for no role.
    public init?(rawValue: String) {
        if let known = Self.builtIn.first(where: { $0.rawValue == rawValue }) {
            self = known
            return
        }
        guard let first = rawValue.utf8.first, (97...122).contains(first), rawValue.utf8.count <= 32, rawValue != "none",
            rawValue.utf8.allSatisfy({
                (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            })
        else { return nil }
        self.init(rawValue, .custom)
    }

    private init(_ rawValue: String, _ rank: Rank) {
        self.rawValue = rawValue
        self.rank = rank
    }

    /// Whether every tenant has it.
    public var isBuiltIn: Bool { rank != .custom }
    public var description: String { rawValue }

    /// Whether a built-in role holds a scope; of a tenant's own role only its ``Rights`` know.
    ///
    /// Personal scopes are every member's. A viewer holds every other scope that ends in `:read` but the administrative ones, an analyst adds
    /// `data:write` and `alerts:write`, admins and owners hold all.
    public func holds(_ scope: Scope) -> Bool { rank >= scope.rank }

    /// The same of a scope's text; false for what is none.
    public func holds(_ scope: some StringProtocol) -> Bool { Scope(rawValue: String(scope)).map(holds) ?? false }
}

extension Role: InputDescribing {
    public static var inputSchema: InputSchema { InputSchema(.text(example: "viewer")) }
    public static var inputExample: Role { .viewer }
}
