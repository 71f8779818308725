-- What operators do: tenants from their making to their end, and who else is an operator. Each function begins with the check of the context's kind;
-- the tenant is the context's. Those that change what gateways remember tell them.
set local role {prefix}_owner;

-- Makes a tenant, for functions that may: whole or not at all. SQLSTATE 22023 for a time zone that the server does not know, 23505 for a slug that is
-- taken, 23503 for an unknown plan.
create function tenancy.make_tenant(id uuid, slug text, name text, plan text, region text, time_zone text, kind text) returns void
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
    perform timezone(make_tenant.time_zone, now());
    insert into tenancy.tenants (id, slug, name, plan, region, time_zone, kind)
        values (make_tenant.id, make_tenant.slug, make_tenant.name, make_tenant.plan, make_tenant.region, make_tenant.time_zone, make_tenant.kind);
end
$$;

-- The context's tenant, which is not there yet. Its owner is a user who has an account, or whoever reads the mail of an address: then `hash` is that
-- of the invitation's secret. When it was made; errors as above, 23503 for an unknown user too.
create function tenancy.create_tenant(slug text, name text, plan text, region text, time_zone text, kind text, owner uuid, invitation uuid,
    owner_email text, hash bytea) returns timestamptz
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
    tenant uuid := tenancy.tenant_id();
begin
    perform tenancy.make_tenant(tenant, slug, name, plan, region, time_zone, kind);
    if owner is not null then
        insert into tenancy.memberships (tenant_id, user_id, role, disabled)
            values (tenant, owner, 'owner', coalesce((select u.disabled from identity.users u where u.id = owner), false));
    end if;
    if owner_email is not null then
        insert into tenancy.invitations (tenant_id, id, email, role, hash, invited_by, expires_at)
            values (tenant, invitation, owner_email, 'owner', create_tenant.hash, operator, now() + interval '7 days');
    end if;
    return now();
end
$$;

-- What is wrong with what a tenant is to be made of or changed to; nulls are not looked at. Asked after it was refused, for the words.
create function tenancy.tenant_faults(slug text, plan text, time_zone text, owner uuid) returns table (field text, issue text)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_operator();
    if exists (select from tenancy.tenants t where t.slug = tenant_faults.slug) then
        return query select 'slug', 'taken by another tenant';
    end if;
    if tenant_faults.plan is not null and not exists (select from tenancy.plans p where p.name = tenant_faults.plan) then
        return query select 'plan', 'expected the name of a plan';
    end if;
    if tenant_faults.owner is not null and not exists (select from identity.users u where u.id = tenant_faults.owner) then
        return query select 'owner.user_id', 'expected the id of a user';
    end if;
    if tenant_faults.time_zone is not null then
        begin
            perform timezone(tenant_faults.time_zone, now());
        exception when invalid_parameter_value then
            return query select 'time_zone', 'expected a name of the IANA database such as Europe/Berlin';
        end;
    end if;
end
$$;

-- Tenants in the order of their slugs behind one, as far as they fit: a status, a plan, a kind, and a word that the slug begins with or the name holds.
create function tenancy.list_tenants(after text, only_status text, only_plan text, only_kind text, word text, most int)
    returns table (id uuid, slug text, name text, status text, kind text, plan text, region text, time_zone text, weight int, members bigint,
        created_at timestamptz, delete_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_operator();
    return query
        select t.id, t.slug, t.name, t.status, t.kind, t.plan, t.region, t.time_zone, t.weight,
            (select count(*) from tenancy.memberships m where m.tenant_id = t.id), t.created_at, t.delete_at
        from tenancy.tenants t
        where t.slug > list_tenants.after
            and (only_status is null or t.status = only_status) and (only_plan is null or t.plan = only_plan)
            and (only_kind is null or t.kind = only_kind)
            and (word is null or starts_with(t.slug, lower(word)) or strpos(lower(t.name), lower(word)) > 0)
        order by t.slug
        limit least(most, 501);
end
$$;

-- The context's tenant; no row where it has gone.
create function tenancy.operator_tenant()
    returns table (id uuid, slug text, name text, status text, kind text, plan text, region text, time_zone text, weight int, members bigint,
        created_at timestamptz, delete_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select t.id, t.slug, t.name, t.status, t.kind, t.plan, t.region, t.time_zone, t.weight,
            (select count(*) from tenancy.memberships m where m.tenant_id = t.id), t.created_at, t.delete_at
        from tenancy.tenants t where t.id = tenant;
end
$$;

-- Who owns the context's tenant, and who is asked to: the address, the name of an account, and whether it waits to be accepted.
create function tenancy.tenant_owners() returns table (user_id uuid, email text, name text, invited boolean)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select u.id, u.email, u.name, false from tenancy.memberships m join identity.users u on u.id = m.user_id
            where m.tenant_id = tenant and m.role = 'owner'
        union all
        select null, i.email, null, true from tenancy.invitations i
            where i.tenant_id = tenant and i.role = 'owner' and i.accepted_at is null and i.expires_at > now()
        order by 4, 2 limit 100;
end
$$;

-- Gives the context's tenant another name, slug, region, time zone, share; what is null stays. outcome: changed, same, unknown. Errors as of make_tenant.
create function tenancy.change_tenant(name text, slug text, region text, time_zone text, weight int) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
    tenant uuid := tenancy.tenant_id();
    present tenancy.tenants%rowtype;
begin
    perform timezone(coalesce(change_tenant.time_zone, 'UTC'), now());
    select * into present from tenancy.tenants t where t.id = tenant for no key update;
    if not found then
        return 'unknown';
    end if;
    if (present.name, present.slug, present.region, present.time_zone, present.weight) is not distinct from (
        coalesce(change_tenant.name, present.name), coalesce(change_tenant.slug, present.slug), coalesce(change_tenant.region, present.region),
        coalesce(change_tenant.time_zone, present.time_zone), coalesce(change_tenant.weight, present.weight))
    then
        return 'same';
    end if;
    update tenancy.tenants t
        set name = coalesce(change_tenant.name, t.name), slug = coalesce(change_tenant.slug, t.slug),
            region = coalesce(change_tenant.region, t.region), time_zone = coalesce(change_tenant.time_zone, t.time_zone),
            weight = coalesce(change_tenant.weight, t.weight)
        where t.id = tenant;
    perform pg_notify('tenancy_changed', tenant::text);
    return 'changed';
end
$$;

-- Shuts the context's tenant (suspended), opens it (active), lets it go after a time (deleting), or takes that back (undeleted). What is to go can only
-- be taken back until its time has come; asked again, it gets the new time.
-- outcome: changed, same, unknown, deleting (it is about to go), too_late (its time has come).
create function tenancy.set_tenant_status(wanted text, grace_seconds bigint)
    returns table (outcome text, status text, delete_at timestamptz)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
    tenant uuid := tenancy.tenant_id();
    present tenancy.tenants%rowtype;
    how text := 'changed';
begin
    select * into present from tenancy.tenants t where t.id = tenant for no key update;
    if not found then
        return query select 'unknown', null::text, null::timestamptz;
        return;
    elsif present.status = 'deleting' and present.delete_at <= clock_timestamp() then
        how := 'too_late';
    elsif wanted = 'deleting' then
        update tenancy.tenants t
            set status = 'deleting', delete_at = now() + grace_seconds * interval '1 second',
                status_before = case t.status when 'deleting' then t.status_before else t.status end
            where t.id = tenant;
    elsif wanted = 'undeleted' then
        if present.status = 'deleting' then
            update tenancy.tenants t set status = t.status_before, delete_at = null, status_before = null where t.id = tenant;
        else
            how := 'same';
        end if;
    elsif present.status = 'deleting' then
        how := 'deleting';
    elsif present.status = wanted then
        how := 'same';
    else
        update tenancy.tenants t set status = wanted where t.id = tenant;
    end if;
    if how = 'changed' then
        perform pg_notify('tenancy_changed', tenant::text);
    end if;
    return query select how, t.status, t.delete_at from tenancy.tenants t where t.id = tenant;
end
$$;

-- Moves the context's tenant to another plan. What tenancy.change_plan answers.
create function tenancy.change_tenant_plan(plan text, reason text) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
begin
    return tenancy.change_plan(tenancy.tenant_id(), change_tenant_plan.plan, change_tenant_plan.reason,
        nullif(operator, '00000000-0000-0000-0000-000000000000'));
end
$$;

-- What the context's tenant used at each handler in hours that begin in [since, until).
create function tenancy.operator_usage(since timestamptz, until timestamptz)
    returns table (handler text, invocations bigint, errors bigint, cpu_us bigint, database_us bigint, database_rows bigint, database_bytes bigint,
        request_bytes bigint, answer_bytes bigint)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select u.handler, sum(u.invocations)::int8, sum(u.errors)::int8, sum(u.cpu_us)::int8, sum(u.database_us)::int8, sum(u.rows)::int8,
            sum(u.database_bytes)::int8, sum(u.request_bytes)::int8, sum(u.answer_bytes)::int8
        from tenancy.usage u
        where u.tenant_id = tenant and u.hour >= operator_usage.since and u.hour < operator_usage.until
        group by u.handler order by u.handler;
end
$$;

-- How the context's tenant fares: calls and failures of the last day, sign-ins, mail, and when it was last called.
create function tenancy.tenant_health()
    returns table (status text, delete_at timestamptz, calls_day bigint, errors_day bigint, last_call timestamptz, sign_ins_day bigint,
        refused_sign_ins_day bigint, last_sign_in timestamptz, live_sessions bigint, live_keys bigint, mail_waiting bigint, mail_failed_week bigint)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
    tenant uuid := tenancy.tenant_id();
    day timestamptz := now() - interval '1 day';
begin
    return query
        select t.status, t.delete_at, coalesce(u.calls, 0), coalesce(u.errors, 0),
            (select max(l.hour) from tenancy.usage l where l.tenant_id = tenant), e.ok, e.bad, e.last,
            (select count(*) from identity.user_sessions s where s.tenant_id = tenant and s.ended_at is null and s.expires_at > now()),
            (select count(*) from tenancy.api_keys k
                where k.tenant_id = tenant and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())),
            (select count(*) from identity.mail_outbox m where m.tenant_id = tenant and m.status = 'waiting'),
            (select count(*) from identity.mail_outbox m
                where m.tenant_id = tenant and m.status = 'failed' and m.ended_at > now() - interval '7 days')
        from tenancy.tenants t
            cross join lateral (
                select sum(h.invocations)::int8 as calls, sum(h.errors)::int8 as errors from tenancy.usage h
                where h.tenant_id = tenant and h.hour >= day) u
            cross join lateral (
                select count(*) filter (where v.outcome = 'ok' and v.occurred_at > day) as ok,
                    count(*) filter (where v.outcome <> 'ok' and v.occurred_at > day) as bad, max(v.occurred_at) filter (where v.outcome = 'ok') as last
                from identity.security_events v where v.tenant_id = tenant and v.action = 'login') e
        where t.id = tenant;
end
$$;

create function identity.list_operators() returns table (user_id uuid, email text, name text, role text, disabled boolean, second_factor boolean,
    granted_by uuid, granted_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_operator();
    return query
        select u.id, u.email, u.name, o.role, u.disabled, identity.has_second_factor(u.id), o.granted_by, o.granted_at
        from identity.operators o join identity.users u on u.id = o.user_id order by u.email limit 1000;
end
$$;

-- Makes the user of an address or id an operator, gives them another role, or ends it where the role is null.
-- outcome: those of set_operator, and last_admin (somebody must be left who can do all this).
create function identity.appoint_operator(of_email text, of_user uuid, new_role text) returns table (outcome text, user_id uuid)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
    person uuid;
begin
    lock table identity.operators in share row exclusive mode;
    select u.id into person from identity.users u where u.id = appoint_operator.of_user or u.email = lower(appoint_operator.of_email);
    if person is null then
        return query select 'unknown', null::uuid;
        return;
    elsif new_role is distinct from 'admin'
        and exists (select from identity.operators o where o.user_id = person and o.role = 'admin')
        and not exists (
            select from identity.operators o join identity.users u on u.id = o.user_id
            where o.role = 'admin' and o.user_id <> person and not u.disabled)
    then
        return query select 'last_admin', person;
        return;
    end if;
    return query
        select identity.set_operator(person, new_role, nullif(operator, '00000000-0000-0000-0000-000000000000')), person;
end
$$;

-- Ends the session behind an operator's token, all of its tokens with it.
create function identity.end_operator_session(session_id uuid) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
begin
    if identity.end_sessions(operator, end_operator_session.session_id, null, 'logout') = 0 then
        insert into tenancy.revoked_sessions (session_id, user_id) values (end_operator_session.session_id, operator) on conflict do nothing;
    end if;
end
$$;
