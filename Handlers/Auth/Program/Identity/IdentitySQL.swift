import HandlerKit

/// Who somebody is, by the functions of the schema `identity`. None of them needs a tenant, so the binds begin at `$1`.
enum IdentitySQL {
    /// The oldest membership first.
    static let memberships = Statement(
        "identity.memberships",
        """
        select tenant_id, slug, name, role, epoch, status
        from identity.memberships($1::uuid)
        """, cost: .short)

    static let profile = Statement(
        "identity.profile",
        """
        select email, name, created_at
        from identity.profile($1::uuid)
        """, cost: .short)

    /// $1…$8: action, outcome, user, tenant, session, address, user agent, details.
    static let event = Statement(
        "identity.event",
        """
        select identity.record_event($1::text, $2::text, $3::uuid, $4::uuid, $5::uuid, $6::text, $7::text, $8::jsonb)
        """, access: .write)

    /// $1: user.
    static let secondFactor = Statement("identity.uses_second_factor", "select identity.uses_second_factor($1::uuid)", cost: .short)

    static let all = [memberships, profile, event, secondFactor]
}
