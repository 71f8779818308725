import HandlerKit

/// The functions of the schema `identity`, one for each kind of access. None of them needs a tenant, so the binds begin at `$1`.
enum IdentitySQL {
    static let credential = Statement(
        "identity.credential",
        """
        select user_id, password_hash, disabled
        from identity.credential($1::text)
        """, cost: .short)

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

    static let setPasswordHash = Statement(
        "identity.set_password_hash",
        """
        select identity.set_password_hash($1::uuid, $2::text)
        """, access: .write)

    static let all = [credential, memberships, profile, setPasswordHash]
}
