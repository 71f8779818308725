set local role {prefix}_owner;
drop trigger quota_added on app.kpi_sources;
drop trigger quota_removed on app.kpi_sources;
drop trigger quota_added on app.kpi_data;
drop trigger quota_removed on app.kpi_data;
drop trigger quota_added on tenancy.memberships;
drop trigger quota_removed on tenancy.memberships;
drop trigger plan_factor on tenancy.tenants;

-- As it was in 0017.
create or replace function tenancy.require_second_factor(is_required boolean) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    asks uuid := tenancy.user_id();
begin
    if not exists (select from tenancy.memberships m where m.tenant_id = tenant and m.user_id = asks and m.role = 'owner') then
        return 'owners_only';
    elsif is_required and not identity.has_second_factor(asks) then
        return 'no_factor';
    end if;
    update tenancy.tenants t set mfa_required = is_required where t.id = tenant and t.mfa_required <> is_required;
    if not found then
        return 'same';
    end if;
    if is_required then
        update tenancy.memberships m set epoch = m.epoch + 1 where m.tenant_id = tenant;
    end if;
    perform pg_notify('tenancy_changed', tenant::text);
    return 'changed';
end
$$;

drop function tenancy.spread_plan(text);
drop function tenancy.change_plan(uuid, text, text, uuid);
drop function tenancy.keep_plan_factor();
drop function tenancy.own_usage(text, timestamptz, timestamptz);
drop function tenancy.usage_history(uuid, text, timestamptz, timestamptz);
alter table tenancy.usage drop column jobs;
drop function tenancy.own_quotas();
drop function tenancy.standing(uuid);
drop function tenancy.fold_quotas(int);
drop function tenancy.consume(text, bigint);
drop function tenancy.count_stock();
drop function tenancy.add_use(uuid, text, timestamptz, bigint, timestamptz);
drop function tenancy.quotas(uuid);
drop function tenancy.usage_period(uuid);
drop table tenancy.quota_deltas, tenancy.quota_counts, tenancy.plan_changes;
alter table tenancy.tenants drop constraint tenants_plan_fkey;
drop index tenancy.tenants_plan;
drop table tenancy.plans;
