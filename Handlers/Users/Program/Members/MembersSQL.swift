import HandlerKit

/// The functions over a tenant's members and its settings. Each takes tenant and user from the context; those that write compare the tenant with `$1`, too.
enum MembersSQL {
    /// $1, $2: the place behind which to begin; $3: how many.
    static let list = Statement(
        "users.members",
        """
        select user_id, email, name, avatar_url, role, joined_at, disabled, second_factor
        from tenancy.members($1::timestamptz, $2::uuid, $3::int4)
        """)

    /// $2 member, $3 role.
    static let change = Statement(
        "users.change_member",
        "select outcome, old_role from tenancy.change_member($2::uuid, $3::text) where $1::uuid = tenancy.tenant_id()", access: .write)

    /// $2 member.
    static let remove = Statement(
        "users.remove_member", "select outcome, old_role from tenancy.remove_member($2::uuid) where $1::uuid = tenancy.tenant_id()", access: .write)

    static let security = Statement("users.security", "select mfa_required from tenancy.security_settings()")

    /// $2: whether a second factor is required.
    static let requireSecondFactor = Statement(
        "users.require_second_factor", "select tenancy.require_second_factor($2::bool) where $1::uuid = tenancy.tenant_id()", access: .write)

    static let all = [list, change, remove, security, requireSecondFactor]
}
