-- Addresses go out of old events of sign-in whoever they are of: the timer of a tenant does not see those of no tenant, and does not run where it is
-- suspended.
set local role {prefix}_owner;

create index security_events_named on identity.security_events (occurred_at) where address <> '' or user_agent <> '';

-- For a handler's system context: takes address and program out of at most so many events that are older than a year and of no tenant, or of one that is
-- not active. How many. What a hold is on stays.
create function identity.anonymize_stray_events(most int) returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    count bigint;
begin
    perform tenancy.require_system();
    with old as (
        select e.id from identity.security_events e left join tenancy.tenants t on t.id = e.tenant_id
        where e.occurred_at < now() - interval '1 year' and (e.address <> '' or e.user_agent <> '')
            and (t.id is null or t.status <> 'active' and not t.legal_hold)
        order by e.occurred_at limit anonymize_stray_events.most for update of e skip locked
    )
    update identity.security_events e set address = '', user_agent = '' from old o where e.id = o.id;
    get diagnostics count = row_count;
    return count;
end
$$;
