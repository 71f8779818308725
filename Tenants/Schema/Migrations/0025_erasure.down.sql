set local role {prefix}_owner;

do $$
declare
    name regclass;
begin
    for name in select t.tgrelid::regclass from pg_trigger t where t.tgname = 'erased' and t.tgfoid = 'tenancy.count_erased()'::regprocedure loop
        execute format('drop trigger erased on %s', name);
    end loop;
end
$$;

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
end
$$;

drop trigger keep_deleting on tenancy.tenants;
drop function tenancy.count_erased(), tenancy.tables_of_tenants(), tenancy.keep_deleting(), tenancy.claim_erasure(uuid, interval), tenancy.renew_erasure(uuid, uuid, interval),
    tenancy.erasure_hook_answered(uuid, uuid, interval, text), tenancy.postpone_erasure(uuid, uuid, interval, text), tenancy.erase_tenant(uuid, uuid),
    tenancy.finish_erasure(uuid, uuid), tenancy.recent_erasures(), tenancy.claim_retentions(text[], int), tenancy.retention_done(uuid, text);
drop table tenancy.retentions;
drop table tenancy.erasures;
alter table tenancy.tenants drop legal_hold;
