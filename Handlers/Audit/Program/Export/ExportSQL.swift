import HandlerKit

/// The sealed log in its own order, page by page.
enum ExportSQL {
    /// $2 the place behind which to begin, $3 the last one; $4 the first instant and $5 the one behind the last; the filters, null for all: $6 actor,
    /// $7 action or the beginning of one with its period, $8 and $9 target; $10 how many.
    static let page = Statement(
        "audit.export",
        """
        select p.position, e.id, e.occurred_at, e.user_id, e.role, e.session_id, e.api_key_id, e.action, e.target_type, e.target_id, e.handler,
            e.address, e.user_agent, e.request_id, e.details
        from app.audit_positions p
        join app.audit_log e on e.tenant_id = $1 and e.id = p.entry_id
        where p.tenant_id = $1 and p.position > $2 and p.position <= $3 and e.occurred_at >= $4 and e.occurred_at < $5
            and ($6::uuid is null or e.user_id = $6 or e.api_key_id = $6)
            and ($7::text is null or e.action = $7 or (right($7, 1) = '.' and starts_with(e.action, $7)))
            and ($8::text is null or e.target_type = $8) and ($9::text is null or e.target_id = $9)
        order by p.position
        limit $10
        """, access: .read, plan: .custom)

    static let all = [page]
}
