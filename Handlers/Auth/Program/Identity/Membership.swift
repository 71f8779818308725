import HandlerKit

/// A user's place in one tenant.
struct Membership: Sendable {
    let tenant: TenantID
    let slug: String
    let name: String
    let role: Role
    let epoch: Int
    let isSuspended: Bool

    init(_ row: Row) throws {
        tenant = TenantID(try row.uuid(0))
        slug = try row.text(1)
        name = try row.text(2)
        let word = try row.text(3)
        guard let role = Role(rawValue: word) else { throw AppError(.internalError, detail: "a membership has the unknown role \(word)") }
        self.role = role
        epoch = Int(try row.int32(4))
        isSuspended = try row.text(5) != "active"
    }

    /// The place that a sign-in is for: the one it names by slug or id, else the oldest.
    ///
    /// A tenant that nobody has and one of others are told apart for nobody: both are 404.
    static func choose(_ named: String?, from memberships: [Membership]) throws(AppError) -> Membership {
        let chosen: Membership?
        if let named {
            let id = TenantID(named)
            chosen = memberships.first { $0.slug == named || $0.tenant == id }
            if chosen == nil { throw AppError(.notFound, "You are a member of no such tenant") }
        } else {
            chosen = memberships.first
        }
        guard let chosen else { throw AppError(.forbidden, "You are a member of no tenant") }
        guard !chosen.isSuspended else { throw AppError(.tenantSuspended) }
        return chosen
    }
}
