import Postgres

/// What the command line asks of the functions of operators.
enum ConsoleSQL {
    /// $1: the signed context.
    static let use = Statement("console.use", "select tenancy.use($1)", cost: .short)

    /// $1…$8: slug, name, plan, region, time zone, kind, owner or null.
    static let create = Statement(
        "console.create",
        """
        select tenancy.create_tenant($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::uuid, null::uuid, null::text, null::bytea)
        """, access: .write)

    /// $1 tenant, $2 ids, $3 names.
    static let businesses = Statement(
        "console.businesses",
        "insert into app.businesses (tenant_id, id, name) select $1, b.id, b.name from unnest($2::uuid[], $3::text[]) as b (id, name)",
        access: .write)

    /// $1…$4: slug, plan, time zone, owner, or nulls.
    static let faults = Statement("console.faults", "select field, issue from tenancy.tenant_faults($1::text, $2::text, $3::text, $4::uuid)")

    /// $1…$5: name, slug, region, time zone, share; what is null stays.
    static let change = Statement(
        "console.change", "select tenancy.change_tenant($1::text, $2::text, $3::text, $4::text, $5::int4)", access: .write)

    /// $1, $2: what it is to be, after how many seconds it goes.
    static let setStatus = Statement(
        "console.set_status", "select outcome, status, delete_at from tenancy.set_tenant_status($1::text, $2::int8)", access: .write)

    /// $1, $2: plan, reason.
    static let changePlan = Statement("console.change_plan", "select tenancy.change_tenant_plan($1::text, $2::text)", access: .write)

    static let health = Statement(
        "console.health",
        """
        select status, delete_at, calls_day, errors_day, last_call, sign_ins_day, refused_sign_ins_day, last_sign_in, live_sessions, live_keys,
            mail_waiting, mail_failed_week
        from tenancy.tenant_health()
        """)

    /// $1 tenant, $2 id, $3 action, $4 the tenant as a target, $5 details.
    static let audit = Statement(
        "console.audit",
        """
        insert into app.audit_log (tenant_id, id, user_id, role, action, target_type, target_id, address, user_agent, request_id, details)
        values ($1, $2, '00000000-0000-0000-0000-000000000000', 'operator_console', $3, 'tenant', $4, '', 'tenantry', $2::text, $5)
        """, access: .write)

    /// $1 action, $2 details.
    static let event = Statement(
        "console.event", "select identity.record_operator_event($1::text, '', 'tenantry', $2::jsonb)", access: .write)
}
