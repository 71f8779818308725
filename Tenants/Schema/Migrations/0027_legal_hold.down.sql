set local role {prefix}_owner;

drop function tenancy.operator_tenant(), tenancy.list_tenants(text, text, text, text, text, int);

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

-- Shuts the context's tenant (suspended), opens it (active), lets it go after a time (deleting), or takes that back (undeleted). What is to go can only
-- be taken back until its time has come; asked again, it gets the new time.
-- outcome: changed, same, unknown, deleting (it is about to go), too_late (its time has come).
create or replace function tenancy.set_tenant_status(wanted text, grace_seconds bigint)
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
