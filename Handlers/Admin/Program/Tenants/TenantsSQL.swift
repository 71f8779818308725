import HandlerKit

/// The functions over tenants. Those about one take it from the context; those that write compare it with `$1`, too.
enum TenantsSQL {
    /// $2 slug, $3 name, $4 plan, $5 region, $6 time zone, $7 kind, $8 owner who has an account or null, $9 id, $10 address and $11 secret's hash of an
    /// invitation or nulls.
    static let create = Statement(
        "administration.create",
        """
        select tenancy.create_tenant($2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::uuid, $9::uuid, $10::text, $11::bytea)
        where $1::uuid = tenancy.tenant_id()
        """, access: .write)

    /// $2 ids, $3 names, $4 industries, $5 locations.
    static let businesses = Statement(
        "administration.businesses",
        """
        insert into app.businesses (tenant_id, id, name, industry, location)
        select $1, b.id, b.name, b.industry, b.location from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as b (id, name, industry, location)
        """, access: .write)

    /// $1 slug, $2 plan, $3 time zone, $4 owner; nulls are not looked at.
    static let faults = Statement(
        "administration.faults", "select field, issue from tenancy.tenant_faults($1::text, $2::text, $3::text, $4::uuid)")

    /// $1 the slug behind which to begin, $2 status, $3 plan, $4 kind, $5 word, each or null; $6 how many.
    static let list = Statement(
        "administration.list",
        """
        select id, slug, name, status, kind, plan, region, time_zone, weight, members, created_at, delete_at, legal_hold
        from tenancy.list_tenants($1::text, $2::text, $3::text, $4::text, $5::text, $6::int4)
        """)

    static let show = Statement(
        "administration.show",
        """
        select id, slug, name, status, kind, plan, region, time_zone, weight, members, created_at, delete_at, legal_hold
        from tenancy.operator_tenant()
        """)

    static let owners = Statement("administration.owners", "select user_id, email, name, invited from tenancy.tenant_owners()")

    /// $2 name, $3 slug, $4 region, $5 time zone, $6 weight; what is null stays.
    static let change = Statement(
        "administration.change",
        "select tenancy.change_tenant($2::text, $3::text, $4::text, $5::text, $6::int4) where $1::uuid = tenancy.tenant_id()", access: .write)

    /// $2 what it is to be, $3 after how many seconds it goes.
    static let setStatus = Statement(
        "administration.set_status",
        """
        select outcome, status, delete_at from tenancy.set_tenant_status($2::text, $3::int8) where $1::uuid = tenancy.tenant_id()
        """, access: .write)

    /// $2 plan, $3 reason.
    static let changePlan = Statement(
        "administration.change_plan",
        "select tenancy.change_tenant_plan($2::text, $3::text) where $1::uuid = tenancy.tenant_id()", access: .write)

    /// $1, $2: hours that begin from the one on and before the other.
    static let usage = Statement(
        "administration.usage",
        """
        select handler, invocations, errors, cpu_us, database_us, database_rows, database_bytes, request_bytes, answer_bytes
        from tenancy.operator_usage($1::timestamptz, $2::timestamptz)
        """)

    static let health = Statement(
        "administration.health",
        """
        select status, delete_at, calls_day, errors_day, last_call, sign_ins_day, refused_sign_ins_day, last_sign_in, live_sessions, live_keys,
            mail_waiting, mail_failed_week
        from tenancy.tenant_health()
        """)

    static let all = [create, businesses, faults, list, show, owners, change, setStatus, changePlan, usage, health]
}
