import HandlerKit

/// Functions about sessions. None of them needs a tenant, so the binds begin at `$1`.
enum SessionSQL {
    /// $1…$6: user, session, slug or id of the tenant or null, factors, address, user agent.
    static let open = Statement(
        "sessions.open",
        """
        select outcome, tenant_id, slug, tenant_name, role, epoch, email, user_name, expires_at
        from identity.open_session($1::uuid, $2::uuid, $3::text, $4::text[], $5::text, $6::text)
        """, access: .write)

    /// $1…$5: the session that asks, the new one, slug or id of the tenant, address, user agent.
    static let switchTenant = Statement(
        "sessions.switch",
        """
        select outcome, tenant_id, slug, tenant_name, role, epoch, email, user_name, expires_at
        from identity.switch_session($1::uuid, $2::uuid, $3::text, $4::text, $5::text)
        """, access: .write)

    /// $1…$4: session, counter, address, user agent.
    static let refresh = Statement(
        "sessions.refresh",
        """
        select outcome, tenant_id, slug, tenant_name, role, epoch, email, user_name, expires_at, user_id, newest
        from identity.refresh_session($1::uuid, $2::int8, $3::text, $4::text)
        """, access: .write)

    /// $1…$3: session, address, user agent.
    static let logOut = Statement(
        "sessions.log_out", "select identity.log_out($1::uuid, $2::text, $3::text)", access: .write)

    static let list = Statement(
        "sessions.list",
        """
        select session_id, tenant_id, slug, tenant_name, array_to_string(factors, ','), address, user_agent, created_at, refreshed_at, expires_at
        from identity.sessions()
        """)

    /// $1…$4: the session that asks, the one to end or null for all others, address, user agent.
    static let revoke = Statement(
        "sessions.revoke", "select identity.revoke_sessions($1::uuid, $2::uuid, $3::text, $4::text)", access: .write)

    static let all = [open, switchTenant, refresh, logOut, list, revoke]
}
