import HandlerKit

/// Pages of the log, the newest entry first.
enum EventsSQL {
    /// $2, $3 the entry behind which to begin; $4 the first instant; the filters, null for all: $5 actor, $6 action or the beginning of one with its
    /// period, $7 and $8 target; $9 how many.
    static let page = Statement(
        "audit.page",
        """
        select e.id, e.occurred_at, e.user_id, e.role, e.session_id, e.api_key_id, e.action, e.target_type, e.target_id, e.handler, e.address,
            e.user_agent, e.request_id, e.details
        from app.audit_log e
        where e.tenant_id = $1 and (e.occurred_at, e.id) < ($2, $3) and e.occurred_at >= $4
            and ($5::uuid is null or e.user_id = $5 or e.api_key_id = $5)
            and ($6::text is null or e.action = $6 or (right($6, 1) = '.' and starts_with(e.action, $6)))
            and ($7::text is null or e.target_type = $7) and ($8::text is null or e.target_id = $8)
        order by e.occurred_at desc, e.id desc
        limit $9
        """, access: .read, plan: .custom)

    static let all = [page]
}
