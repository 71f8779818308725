import Postgres

/// Statements of the control plane. Those that change what gateways remember tell them in the same transaction.
enum ProvisioningSQL {
    /// $1…$4: id, slug, name, plan.
    static let createTenant = Statement(
        "tenants.create",
        """
        insert into tenancy.tenants (id, slug, name, plan) values ($1, $2, $3, $4)
        returning id, slug, name, status, plan, created_at, weight, kind, region, time_zone, delete_at, legal_hold
        """, access: .write)

    static let listTenants = Statement(
        "tenants.list",
        "select id, slug, name, status, plan, created_at, weight, kind, region, time_zone, delete_at, legal_hold from tenancy.tenants order by slug")

    /// $1: slug, or id as text.
    static let showTenant = Statement(
        "tenants.show",
        """
        select id, slug, name, status, plan, created_at, weight, kind, region, time_zone, delete_at, legal_hold
        from tenancy.tenants where slug = $1 or id::text = $1
        """)

    /// $1, $2: id, status.
    static let setStatus = Statement(
        "tenants.set_status",
        """
        with changed as (
            update tenancy.tenants set status = $2 where id = $1 and status <> 'deleting'
            returning id, slug, name, status, plan, created_at, weight, kind, region, time_zone, delete_at, legal_hold)
        select id, slug, name, status, plan, created_at, weight, kind, region, time_zone, delete_at, legal_hold
        from changed, lateral pg_notify('tenancy_changed', id::text)
        """, access: .write)

    /// $1, $2: id, weight.
    static let setWeight = Statement(
        "tenants.set_weight",
        """
        with changed as (
            update tenancy.tenants set weight = $2 where id = $1
            returning id, slug, name, status, plan, created_at, weight, kind, region, time_zone, delete_at, legal_hold)
        select id, slug, name, status, plan, created_at, weight, kind, region, time_zone, delete_at, legal_hold
        from changed, lateral pg_notify('tenancy_changed', id::text)
        """, access: .write)

    static let listOperators = Statement(
        "operators.list",
        """
        select u.id, u.email, o.role, o.granted_at from identity.operators o join identity.users u on u.id = o.user_id order by u.email
        """)

    /// $1, $2: user, role or null.
    static let setOperator = Statement("operators.set", "select identity.set_operator($1::uuid, $2::text, null)", access: .write)

    /// $1…$3: id, e-mail, name.
    static let createUser = Statement(
        "users.create", "insert into identity.users (id, email, name) values ($1, $2, $3)", access: .write)

    /// $1, $2: user, hash.
    static let setPassword = Statement(
        "users.set_password",
        """
        insert into identity.credentials (user_id, password_hash) values ($1, $2)
        on conflict (user_id) do update set password_hash = excluded.password_hash, updated_at = now()
        """, access: .write)

    /// $1, $2: user, whether they are shut out.
    static let setDisabled = Statement("users.set_disabled", "select identity.set_disabled($1, $2)", access: .write)

    /// $1: e-mail.
    static let userByEmail = Statement("users.by_email", "select id from identity.users where email = $1")

    /// $1…$3: tenant, user, role.
    static let setMember = Statement(
        "members.set",
        """
        with changed as (
            insert into tenancy.memberships as m (tenant_id, user_id, role) values ($1, $2, $3)
            on conflict (tenant_id, user_id) do update set role = excluded.role, epoch = m.epoch + 1
            returning tenant_id, epoch)
        select epoch from changed, lateral pg_notify('tenancy_changed', tenant_id::text)
        """, access: .write)

    /// $1, $2: tenant, user.
    static let removeMember = Statement(
        "members.remove",
        """
        with changed as (delete from tenancy.memberships where tenant_id = $1 and user_id = $2 returning tenant_id)
        select tenant_id from changed, lateral pg_notify('tenancy_changed', tenant_id::text)
        """, access: .write)

    /// $1: tenant, $2: the hour from which on, null for all.
    static let usage = Statement(
        "tenants.usage",
        """
        select handler, sum(invocations)::int8, sum(errors)::int8, sum(cpu_us)::int8, sum(database_us)::int8, sum(rows)::int8,
            sum(database_bytes)::int8, sum(request_bytes)::int8, sum(answer_bytes)::int8, sum(jobs)::int8
        from tenancy.usage where tenant_id = $1 and ($2::timestamptz is null or hour >= $2) group by handler order by handler
        """)

    /// $1: tenant.
    static let members = Statement(
        "members.list",
        """
        select u.id, u.email, m.role, m.epoch
        from tenancy.memberships m join identity.users u on u.id = m.user_id
        where m.tenant_id = $1 order by m.created_at, u.id
        """)
}
