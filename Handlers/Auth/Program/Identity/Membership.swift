import HandlerKit

/// A user's place in one tenant.
struct Membership: Sendable {
    let tenant: TenantAnswer
    let isSuspended: Bool

    init(_ row: Row) throws {
        tenant = TenantAnswer(
            id: TenantID(try row.uuid(0)), slug: try row.text(1), name: try row.text(2), role: try Self.role(row.text(3)))
        isSuspended = try row.text(5) != "active"
    }

    static func role(_ word: String) throws -> Role {
        guard let role = Role(rawValue: word) else { throw AppError(.internalError, detail: "a membership has the unknown role \(word)") }
        return role
    }
}
