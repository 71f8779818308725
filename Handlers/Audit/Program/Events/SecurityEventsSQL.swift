import HandlerKit

/// Security events, the newest first. The binds begin at `$1`: the functions know tenant and user from the context.
enum SecurityEventsSQL {
    /// $1, $2 the event behind which to begin, $3 how many.
    static let own = Statement(
        "audit.own_events",
        """
        select id, occurred_at, action, outcome, tenant_id, session_id, address, user_agent, details
        from identity.own_events($1::timestamptz, $2::uuid, $3::int)
        """, access: .read)

    /// $1, $2 the event behind which to begin; $3 user and $4 action, null for all; $5 how many.
    static let tenant = Statement(
        "audit.tenant_events",
        """
        select id, occurred_at, action, outcome, user_id, session_id, address, user_agent, details
        from identity.tenant_events($1::timestamptz, $2::uuid, $3::uuid, $4::text, $5::int)
        """, access: .read)

    static let all = [own, tenant]
}
