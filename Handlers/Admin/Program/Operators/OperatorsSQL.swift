import HandlerKit

/// The functions over operators. None of them needs a tenant, so the binds begin at `$1`.
enum OperatorsSQL {
    static let list = Statement(
        "administration.operators",
        "select user_id, email, name, role, disabled, second_factor, granted_by, granted_at from identity.list_operators()")

    /// $1 address or null, $2 user or null, $3 role, null to take it; $4…$7 the event, which is recorded where something was done.
    static let appoint = Statement(
        "administration.appoint",
        """
        select a.outcome, a.user_id,
            case when a.outcome in ('granted', 'changed', 'revoked')
                then identity.record_operator_event($4::text, $5::text, $6::text, $7::jsonb)::text end
        from identity.appoint_operator($1::text, $2::uuid, $3::text) a
        """, access: .write)

    /// $1: session.
    static let endSession = Statement("administration.end_session", "select identity.end_operator_session($1::uuid)", access: .write)

    static let all = [list, appoint, endSession]
}
