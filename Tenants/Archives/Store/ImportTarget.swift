public import Kernel

/// The tenant that an archive becomes.
public struct ImportTarget: Sendable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable { case live, sandbox }

    /// A fresh one.
    public var id: TenantID
    /// Nil for what the archive says.
    public var slug: String?
    public var name: String?
    public var plan: String?
    public var kind: Kind
    /// Whether the archive's members become members.
    public var takesMembers: Bool

    public init(id: TenantID, slug: String? = nil, name: String? = nil, plan: String? = nil, kind: Kind = .live, takesMembers: Bool = true) {
        self.id = id
        self.slug = slug
        self.name = name
        self.plan = plan
        self.kind = kind
        self.takesMembers = takesMembers
    }

    /// What is wrong with it, by field.
    public var issues: [AppError.Issue] {
        var issues: [AppError.Issue] = []
        if let slug, !Self.isSlug(slug) {
            issues.append(.init(field: "slug", issue: "expected lower-case letters, digits and -, at most 63, a letter first"))
        }
        if let name, !(1...200).contains(name.unicodeScalars.count) { issues.append(.init(field: "name", issue: "expected 1 to 200 characters")) }
        if let plan, !Self.isPlan(plan) {
            issues.append(.init(field: "plan", issue: "expected lower-case letters, digits and _, at most 32, a letter first"))
        }
        return issues
    }

    private static func isSlug(_ text: String) -> Bool { isName(text, UInt8(ascii: "-"), most: 63) }
    private static func isPlan(_ text: String) -> Bool { isName(text, UInt8(ascii: "_"), most: 32) }

    private static func isName(_ text: String, _ joint: UInt8, most: Int) -> Bool {
        guard let first = text.utf8.first, (97...122).contains(first), text.utf8.count <= most else { return false }
        return text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == joint }
    }
}

/// What an import made.
public struct ImportedTenant: Sendable, Hashable, Codable {
    public let id: TenantID
    public let slug: String
    public let name: String
    public let plan: String
    public let kind: ImportTarget.Kind
    /// Whose archive it was, as it was called there.
    public let source: String
    public let members: Int
    /// Rows of all tables, roles and members included.
    public let rows: Int64

    public init(
        id: TenantID, slug: String, name: String, plan: String, kind: ImportTarget.Kind, source: String, members: Int, rows: Int64
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.plan = plan
        self.kind = kind
        self.source = source
        self.members = members
        self.rows = rows
    }
}
