-- The end of a tenant: hooks of handlers, then everything that is its in one transaction, then files and caches of each gateway. Each step may be
-- interrupted and is taken up again. What is left is one row here, which says nothing of what the tenant was called.
set local role {prefix}_owner;

-- Nothing of the tenant is removed, neither by its plan nor for good, until it is lifted.
alter table tenancy.tenants add legal_hold boolean not null default false;

create table tenancy.erasures (
    tenant_id uuid primary key,
    started_at timestamptz not null default clock_timestamp(),
    -- Handlers whose hook has answered.
    hooks text[] not null default '{}',
    -- Null: the rows are all there.
    rows_erased_at timestamptz,
    -- Null: no gateway has removed its files yet.
    finished_at timestamptz,
    -- How many rows went, by table.
    counts jsonb not null default '{}',
    -- Mails that gateways may have written to files; forgotten a day later.
    mails uuid[] not null default '{}',
    -- Who works on it, and until when; whoever comes later takes over.
    claimed_by uuid,
    claimed_until timestamptz not null default '-infinity',
    attempts int not null default 0,
    -- What kept it from going on last, in words for operators.
    reason text check (length(reason) <= 500)
);
create index erasures_open on tenancy.erasures (claimed_until) where finished_at is null;

-- A tenant whose erasure has begun is past help.
create function tenancy.keep_deleting() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from tenancy.erasures e where e.tenant_id = old.id) then
        raise exception 'the tenant is being erased' using errcode = '23505';
    end if;
    return new;
end
$$;
create trigger keep_deleting before update of status on tenancy.tenants for each row
    when (old.status = 'deleting' and new.status <> 'deleting') execute function tenancy.keep_deleting();

-- Counts the rows of tenants' tables that go with their tenant: nobody else may look at them.
create function tenancy.count_erased() returns trigger
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
    counts jsonb := nullif(current_setting('tenancy.erased', true), '')::jsonb;
    name text := tg_table_schema || '.' || tg_table_name;
    gone bigint;
begin
    if counts is not null then
        select count(*) into gone from erased_rows;
        if gone > 0 then
            perform set_config('tenancy.erased',
                (counts || jsonb_build_object(name, gone + coalesce((counts ->> name)::bigint, 0)))::text, true);
        end if;
    end if;
    return null;
end
$$;

-- As before, and counts what goes with a tenant.
create or replace function tenancy.protect(target regclass) returns void
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
    condition text := case current_setting('tenancy.policy_flavour', true)
        when 'bare' then 'tenant_id = tenancy.tenant_id()' else 'tenant_id = (select tenancy.tenant_id())' end;
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    if exists (select from pg_policy where polrelid = target and polname = 'tenant') then
        execute format('drop policy tenant on %s', target);
    end if;
    execute format('create policy tenant on %s using (%s) with check (%s)', target, condition, condition);
    execute format('create or replace trigger erased after delete on %s referencing old table as erased_rows for each statement '
        'execute function tenancy.count_erased()', target);
end
$$;

do $$
declare
    name regclass;
begin
    for name in select p.polrelid::regclass from pg_policy p join pg_class c on c.oid = p.polrelid
        where p.polname = 'tenant' and c.relowner = (select oid from pg_roles where rolname = '{prefix}_owner') order by 1
    loop
        perform tenancy.protect(name);
    end loop;
end
$$;

-- Takes the next tenant whose time has come, or whose erasure was interrupted; no row where there is none. To be done again within the lease.
create function tenancy.claim_erasure(claimer uuid, lease interval)
    returns table (tenant_id uuid, hooks text[], is_erased boolean)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into tenancy.erasures as e (tenant_id)
        select t.id from tenancy.tenants t
        where t.status = 'deleting' and t.delete_at <= clock_timestamp() and not t.legal_hold
            and not exists (select from tenancy.erasures o where o.tenant_id = t.id)
        order by t.delete_at limit 1 for update skip locked
        on conflict do nothing;
    return query
        update tenancy.erasures e
        set claimed_by = claim_erasure.claimer, claimed_until = clock_timestamp() + claim_erasure.lease, attempts = e.attempts + 1
        where e.tenant_id = (
            select o.tenant_id from tenancy.erasures o
            where o.finished_at is null and o.claimed_until <= clock_timestamp()
            order by o.claimed_until limit 1 for update skip locked)
        returning e.tenant_id, e.hooks, e.rows_erased_at is not null;
end
$$;

-- Still at it. False for who has lost the claim.
create function tenancy.renew_erasure(tenant uuid, claimer uuid, lease interval) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    update tenancy.erasures e set claimed_until = clock_timestamp() + lease
        where e.tenant_id = tenant and e.claimed_by = claimer and e.finished_at is null;
    return found;
end
$$;

-- A handler's hook has answered. False for who has lost the claim.
create function tenancy.erasure_hook_answered(tenant uuid, claimer uuid, lease interval, handler text) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    update tenancy.erasures e
        set hooks = array_append(array_remove(e.hooks, handler), handler), claimed_until = clock_timestamp() + lease
        where e.tenant_id = tenant and e.claimed_by = claimer and e.finished_at is null;
    return found;
end
$$;

-- It could not go on: whoever comes after the wait takes it up.
create function tenancy.postpone_erasure(tenant uuid, claimer uuid, wait interval, why text) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    update tenancy.erasures e set claimed_by = null, claimed_until = clock_timestamp() + wait, reason = left(why, 500)
        where e.tenant_id = tenant and e.claimed_by = claimer and e.finished_at is null;
    return found;
end
$$;

-- Tables of the control plane that name a tenant, and whether their rows go with its row. Not those of tenants' own schemas, which all do.
create function tenancy.tables_of_tenants() returns table (name regclass, hangs boolean)
    language sql stable set search_path = pg_catalog, pg_temp as $$
    select c.oid::regclass, exists (
        select from pg_constraint k
        where k.conrelid = c.oid and k.contype = 'f' and k.confdeltype = 'c' and k.confrelid = 'tenancy.tenants'::regclass)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and a.atttypid = 'uuid'::regtype and not a.attisdropped
    where n.nspname in ('tenancy', 'identity') and c.relkind in ('r', 'p') and not c.relispartition and not c.relrowsecurity
        and c.oid <> 'tenancy.erasures'::regclass
    order by 1
$$;

-- Everything that is the tenant's, at once: a reader finds all of it or nothing. With it go the accounts of members who belong to no other tenant, and
-- its data keys. False for who has lost the claim.
create function tenancy.erase_tenant(tenant uuid, claimer uuid) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    people uuid[];
    addresses text[];
    letters uuid[];
    found_table record;
    gone bigint;
    totals jsonb := '{}';
begin
    perform from tenancy.erasures e
        where e.tenant_id = tenant and e.claimed_by = claimer and e.claimed_until > clock_timestamp() and e.finished_at is null for update;
    if not found then
        return false;
    end if;
    perform from tenancy.tenants t where t.id = tenant and t.status = 'deleting' for update;
    if not found then
        return exists (select from tenancy.erasures e where e.tenant_id = tenant and e.rows_erased_at is not null);
    end if;
    -- Who joins another tenant at this moment waits for us, and then finds no account; or we wait, and see the other membership.
    perform from identity.users u where u.id in (select m.user_id from tenancy.memberships m where m.tenant_id = tenant) order by u.id for update;
    select coalesce(array_agg(m.user_id), '{}') into people from tenancy.memberships m
        where m.tenant_id = tenant and not exists (
            select from tenancy.memberships o where o.user_id = m.user_id and o.tenant_id <> tenant)
        and not exists (select from identity.operators o where o.user_id = m.user_id);
    select coalesce(array_agg(u.email), '{}') into addresses from identity.users u where u.id = any (people);
    select coalesce(array_agg(m.id), '{}') into letters from identity.mail_outbox m where m.tenant_id = tenant or m.recipient = any (addresses);

    delete from identity.mail_outbox m where m.id = any (letters);
    get diagnostics gone = row_count;
    totals := totals || jsonb_build_object('identity.mail_outbox', gone);
    delete from identity.security_events s where s.tenant_id = tenant or s.user_id = any (people);
    get diagnostics gone = row_count;
    totals := totals || jsonb_build_object('identity.security_events', gone);
    delete from identity.one_time_tokens o where o.tenant_id = tenant or o.user_id = any (people) or o.email = any (addresses);
    get diagnostics gone = row_count;
    totals := totals || jsonb_build_object('identity.one_time_tokens', gone);
    delete from tenancy.revoked_sessions r where r.user_id = any (people);

    -- Tables of the control plane: those that hang on the tenant are counted and go with it; all others that name it are emptied of it behind that, since
    -- what goes may itself be counted there.
    for found_table in select * from tenancy.tables_of_tenants() t where t.hangs loop
        execute format('select count(*) from %s where tenant_id = $1', found_table.name) into gone using tenant;
        -- What was removed by name above is counted already.
        totals := jsonb_build_object(found_table.name::text, gone) || totals;
    end loop;
    perform set_config('tenancy.erased', '{}', true);
    delete from tenancy.tenants t where t.id = tenant;
    delete from identity.users u where u.id = any (people);
    totals := totals || jsonb_build_object('identity.users', cardinality(people)) || current_setting('tenancy.erased')::jsonb;
    perform set_config('tenancy.erased', '', true);
    for found_table in select * from tenancy.tables_of_tenants() t where not t.hangs loop
        execute format('delete from %s where tenant_id = $1', found_table.name) using tenant;
        get diagnostics gone = row_count;
        totals := totals || jsonb_build_object(found_table.name::text, gone);
    end loop;

    update tenancy.erasures e set rows_erased_at = clock_timestamp(), mails = letters, reason = null,
            counts = (select coalesce(jsonb_object_agg(k, v), '{}') from jsonb_each(totals) as c (k, v) where v <> '0')
        where e.tenant_id = tenant;
    perform pg_notify('tenancy_changed', tenant::text);
    return true;
end
$$;

-- The gateway that erased the rows has removed its files too. False for who has lost the claim.
create function tenancy.finish_erasure(tenant uuid, claimer uuid) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    update tenancy.erasures e set finished_at = clock_timestamp(), claimed_by = null, reason = null
        where e.tenant_id = tenant and e.claimed_by = claimer and e.rows_erased_at is not null and e.finished_at is null;
    return found;
end
$$;

-- What each gateway removes of its own files and memory, once. Sums of calls that ended behind the erasure go with it.
create function tenancy.recent_erasures() returns table (tenant_id uuid, mails uuid[])
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    update tenancy.erasures e set mails = '{}' where e.finished_at < clock_timestamp() - interval '1 day' and e.mails <> '{}';
    delete from tenancy.usage u using tenancy.erasures e
        where u.tenant_id = e.tenant_id and e.rows_erased_at > clock_timestamp() - interval '1 hour';
    return query
        select e.tenant_id, e.mails from tenancy.erasures e where e.rows_erased_at > clock_timestamp() - interval '1 day' order by e.rows_erased_at;
end
$$;

-- When a handler removes next what a tenant's plan keeps no longer.
create table tenancy.retentions (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    handler text not null,
    due_at timestamptz not null,
    primary key (tenant_id, handler)
);

-- Tenants whose plan keeps data for a limited time and of which one of the handlers has removed nothing for a day, with the instant before which it goes.
-- Each is due again in an hour unless it is done.
create function tenancy.claim_retentions(handlers text[], most int) returns table (tenant_id uuid, handler text, before timestamptz)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    -- Without plans everything is kept.
    if to_regclass('tenancy.plans') is null then
        return;
    end if;
    return query
        with due as (
            select t.id, h.name, now() - p.retention_days * interval '1 day' as cutoff
            from tenancy.tenants t join tenancy.plans p on p.name = t.plan cross join unnest(claim_retentions.handlers) as h (name)
                left join tenancy.retentions r on r.tenant_id = t.id and r.handler = h.name
            where p.retention_days is not null and t.status <> 'deleting' and not t.legal_hold and coalesce(r.due_at, '-infinity') <= clock_timestamp()
            order by r.due_at nulls first, t.id limit claim_retentions.most
        ), claimed as (
            insert into tenancy.retentions as r (tenant_id, handler, due_at)
            select d.id, d.name, clock_timestamp() + interval '1 hour' from due d
            on conflict on constraint retentions_pkey do update set due_at = excluded.due_at where r.due_at <= clock_timestamp()
            returning r.tenant_id, r.handler
        )
        select c.tenant_id, c.handler, d.cutoff from claimed c join due d on d.id = c.tenant_id and d.name = c.handler;
end
$$;

create function tenancy.retention_done(tenant uuid, handler text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    update tenancy.retentions r set due_at = clock_timestamp() + interval '1 day'
        where r.tenant_id = tenant and r.handler = retention_done.handler;
end
$$;

grant execute on function tenancy.claim_erasure(uuid, interval), tenancy.renew_erasure(uuid, uuid, interval),
    tenancy.erasure_hook_answered(uuid, uuid, interval, text),
    tenancy.postpone_erasure(uuid, uuid, interval, text), tenancy.erase_tenant(uuid, uuid), tenancy.finish_erasure(uuid, uuid),
    tenancy.recent_erasures(), tenancy.claim_retentions(text[], int), tenancy.retention_done(uuid, text) to {prefix}_host;
grant select on tenancy.erasures, tenancy.retentions to {prefix}_admin, {prefix}_backup;
