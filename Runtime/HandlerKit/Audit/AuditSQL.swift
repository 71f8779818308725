public import Postgres

/// The statement behind ``Invocation/audit(_:target:details:)``.
public enum AuditSQL {
    /// $2 id, $3 user, $4 role, $5 session, $6 API key, $7 action, $8 and $9 target, $10 address, $11 user agent, $12 request id, $13 details.
    /// The time, the tenant and the handler are the database's own knowledge.
    public static let append = Statement(
        "kit.audit",
        """
        insert into app.audit_log
            (tenant_id, id, user_id, role, session_id, api_key_id, action, target_type, target_id, address, user_agent, request_id, details)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """, access: .write)
}
