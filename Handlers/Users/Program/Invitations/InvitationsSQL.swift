import HandlerKit

/// The functions over offers of a place. Each takes tenant and user from the context; those that write compare the tenant with `$1`, too.
enum InvitationsSQL {
    static let list = Statement(
        "users.invitations",
        """
        select id, email, role, invited_by, created_at, expires_at
        from tenancy.open_invitations()
        """)

    /// $2 id, $3 address, $4 role, $5 the secret's hash.
    static let create = Statement(
        "users.create_invitation",
        """
        select outcome, expires_at, tenant_name, inviter_name
        from tenancy.create_invitation($2::uuid, $3::text, $4::text, $5::bytea) where $1::uuid = tenancy.tenant_id()
        """, access: .write)

    /// $2 id.
    static let revoke = Statement(
        "users.revoke_invitation", "select tenancy.revoke_invitation($2::uuid) where $1::uuid = tenancy.tenant_id()", access: .write)

    static let all = [list, create, revoke]
}
