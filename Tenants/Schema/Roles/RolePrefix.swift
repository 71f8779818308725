/// What the names of one installation's roles begin with, so that several installations can share a server.
public struct RolePrefix: Sendable, Hashable, LosslessStringConvertible {
    /// The prefix of an installation that names none.
    public static let standard = RolePrefix(checked: "tenantry")

    public let description: String

    private init(checked: String) { description = checked }

    /// A prefix of the form `[a-z][a-z0-9_]{0,27}`; nil for anything else. Longer ones would not fit with a handler's name into Postgres' 63 bytes.
    public init?(_ text: String) {
        guard (1...28).contains(text.utf8.count), let first = text.utf8.first, Self.isLetter(first),
            text.utf8.allSatisfy({ Self.isLetter($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") })
        else { return nil }
        description = text
    }

    /// Owns every schema and table; nobody signs in as it.
    public var owner: String { "\(self)_owner" }
    /// May act as the owner.
    public var migrator: String { "\(self)_migrator" }
    /// The gateway.
    public var host: String { "\(self)_host" }
    /// Creates tenants and users.
    public var admin: String { "\(self)_admin" }
    /// Reads everything but the signing keys, for dumps.
    public var backup: String { "\(self)_backup" }
    /// The role that a handler signs in with.
    public func handler(_ name: String) -> String { "\(self)_h_\(name)" }

    /// Owns what stands in a package's schema, and signs in only while its steps run.
    public func packageOwner(_ name: String) -> String { "\(self)_o_\(name)" }

    /// A text of SQL with every `{prefix}` replaced.
    public func fill(_ sql: String) -> String {
        var filled = ""
        filled.reserveCapacity(sql.utf8.count + 256)
        var rest = Substring(sql)
        while let mark = rest.firstRange(of: "{prefix}") {
            filled += rest[..<mark.lowerBound]
            filled += description
            rest = rest[mark.upperBound...]
        }
        return filled + rest
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}
