-- Sources run on jobs, and those of news, weather and rates follow timers. What was due of them by now is found by the timers within the hour: its time
-- has passed, and nobody is at it.
set local role {prefix}_owner;

-- The timer that makes it run; null: its own interval does, or somebody who asks.
alter table app.data_sources add column timer text check (timer ~ '^[a-z][a-z0-9_]{0,62}$');
alter table app.data_sources add constraint data_sources_one_schedule check (timer is null or interval_seconds is null);

drop function tenancy.end_source_work(uuid, text, uuid, uuid, float8);
drop function tenancy.renew_source_work(uuid, text, uuid, uuid, interval);
drop function tenancy.claim_source_work(uuid, interval, int);
drop function tenancy.drop_source_work(text, uuid);
drop function tenancy.add_source_work(text, uuid, float8);
drop table tenancy.source_work;

-- For handlers: the job of a kind of theirs with that key is not to be done any more, in the transaction of the caller. One that runs is asked to stop
-- where `also_running`, else it is left alone. How many there were.
create function jobs.cancel(kind text, unique_key text, also_running boolean) returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    caller text := split_part(current_setting('tenancy.context', true), '.', 7);
    count bigint;
begin
    update tenancy.jobs j
        set status = case j.status when 'running' then 'running' else 'cancelled' end, cancel_requested = true,
            finished_at = case j.status when 'running' then null else clock_timestamp() end
        where j.tenant_id = tenant and j.handler = caller and j.kind = cancel.kind and j.unique_key = cancel.unique_key and j.finished_at is null
            and (cancel.also_running or j.status <> 'running');
    get diagnostics count = row_count;
    return count;
end
$$;
