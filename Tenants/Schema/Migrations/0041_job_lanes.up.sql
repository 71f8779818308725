-- Jobs in lanes: each handler has one, so that a night's long queue of one handler keeps nobody else's jobs waiting. What is asked to stop makes room for
-- the next one with its key at once, since it cannot commit any more. New values wake rules of alerts.
set local role {prefix}_owner;

drop index tenancy.jobs_waiting;
create index jobs_waiting on tenancy.jobs (handler, tenant_id, priority, due_at, id) where status = 'waiting';
drop index tenancy.jobs_unique;
create unique index jobs_unique on tenancy.jobs (tenant_id, handler, kind, unique_key)
    where unique_key is not null and finished_at is null and not cancel_requested;

-- For the host, the first step of a claim, for each of some handlers: tenants with jobs of it that wait, at most so many, in a circle from behind a place
-- on, so that each has its turn whoever has most. Locks nothing. Ends behind the whole circle. Each step is one look into the index, and none is taken that
-- the limit does not ask for.
drop function tenancy.waiting_tenants(uuid, int);
create function tenancy.waiting_tenants(handlers text[], places uuid[], most int) returns table (handler text, tenant_id uuid)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
    return query
        select l.handler, w.tenant_id from unnest(waiting_tenants.handlers, waiting_tenants.places) l (handler, place) cross join lateral (
            with recursive behind as (
                (select j.tenant_id from tenancy.jobs j where j.status = 'waiting' and j.handler = l.handler and j.tenant_id > l.place
                    order by j.tenant_id limit 1)
                union all
                select (select j.tenant_id from tenancy.jobs j
                    where j.status = 'waiting' and j.handler = l.handler and j.tenant_id > b.tenant_id order by j.tenant_id limit 1)
                from behind b where b.tenant_id is not null),
            before as (
                (select j.tenant_id from tenancy.jobs j where j.status = 'waiting' and j.handler = l.handler order by j.tenant_id limit 1)
                union all
                select (select j.tenant_id from tenancy.jobs j
                    where j.status = 'waiting' and j.handler = l.handler and j.tenant_id > b.tenant_id order by j.tenant_id limit 1)
                from before b where b.tenant_id <= l.place)
            select u.tenant_id from (
                select b.tenant_id from behind b
                union all
                select b.tenant_id from before b where b.tenant_id <= l.place) u
            where u.tenant_id = '00000000-0000-0000-0000-000000000000'
                or exists (select from tenancy.tenants t where t.id = u.tenant_id and t.status = 'active')
            limit waiting_tenants.most) w;
end
$$;

-- As in 0037; each share is of one handler and one tenant.
create or replace function tenancy.claim_jobs(claimer uuid, tenants uuid[], most bigint[], handlers text[], lease float8)
    returns table (tenant_id uuid, id uuid, handler text, kind text, attempt int, waited float8, last_error text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    now timestamptz := clock_timestamp();
begin
    -- Need not be on disk before the job begins: whatever the job commits is behind it in the log, and what a crash of the server takes back runs again.
    perform set_config('synchronous_commit', 'off', true);
    return query
        update tenancy.jobs j
        set status = 'running', attempt = j.attempt + 1, claimed_by = claim_jobs.claimer, started_at = now,
            claimed_until = now + make_interval(secs => claim_jobs.lease)
        where j.ctid = any (array(
            select w.ctid from unnest(claim_jobs.handlers, claim_jobs.tenants, claim_jobs.most) s (handler, tenant, most) cross join lateral (
                select o.ctid from tenancy.jobs o
                where o.handler = s.handler and o.tenant_id = s.tenant and o.status = 'waiting'
                order by o.priority, o.due_at, o.id limit s.most for update skip locked) w))
        returning j.tenant_id, j.id, j.handler, j.kind, j.attempt, extract(epoch from now - j.due_at)::float8, j.errors -> -1 ->> 'code';
end
$$;

-- What hosts call all the time is planned once, for a table of any size: planned anew for each call it costs as much as several jobs, and planned while few
-- jobs are there it reads the whole table when many are.
do $$
declare
    name text;
begin
    foreach name in array array['waiting_tenants(text[], uuid[], int)', 'claim_jobs(uuid, uuid[], bigint[], text[], float8)',
            'complete_jobs(uuid, uuid[], uuid[], bigint[])', 'renew_jobs(uuid, uuid[], uuid[], bigint[], float8)', 'promote_jobs(int)',
            'take_lapsed_jobs(int)'] loop
        execute format('alter function tenancy.%s set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off '
            'set enable_mergejoin = off', name);
    end loop;
end
$$;

-- As in 0032; who is asked to stop commits nothing either.
create or replace function jobs.fence() returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    c text := current_setting('tenancy.context', true);
    party uuid := jobs.party();
begin
    perform from tenancy.jobs j
        where j.tenant_id = party and j.id = split_part(c, '.', 10)::uuid and j.attempt = split_part(c, '.', 8)::int and j.status = 'running'
            and not j.cancel_requested
        for share;
    if not found then
        raise exception 'the job is not this attempt''s any more, or is to stop' using errcode = 'TJ001';
    end if;
    return true;
end
$$;

create or replace function jobs.complete() returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    c text := current_setting('tenancy.context', true);
    party uuid := jobs.party();
begin
    update tenancy.jobs j
        set status = 'completed', finished_at = clock_timestamp(), claimed_by = null, claimed_until = null, progress = 1
        where j.tenant_id = party and j.id = split_part(c, '.', 10)::uuid and j.attempt = split_part(c, '.', 8)::int and j.status = 'running'
            and not j.cancel_requested;
    if not found then
        raise exception 'the job is not this attempt''s any more, or is to stop' using errcode = 'TJ001';
    end if;
    return true;
end
$$;

-- As in 0037; a job that is asked to stop has its key no more.
create or replace function jobs.enqueue(id uuid, kind text, arguments jsonb, delay float8, priority int, max_attempts int, unique_key text)
    returns table (job_id uuid, is_new boolean)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    tenant uuid := tenancy.tenant_id();
    caller text := split_part(current_setting('tenancy.context', true), '.', 7);
    full_plan record;
begin
    loop
        insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, priority, max_attempts, unique_key)
            values (tenant, enqueue.id, caller, enqueue.kind, case when enqueue.delay > 0 then 'scheduled' else 'waiting' end,
                clock_timestamp() + make_interval(secs => least(greatest(enqueue.delay, 0), 31622400)), enqueue.priority, enqueue.max_attempts,
                enqueue.unique_key)
            on conflict (tenant_id, handler, kind, unique_key) where unique_key is not null and finished_at is null and not cancel_requested do nothing;
        if found then
            select p.name, p.queued_jobs, c.amount into full_plan
                from tenancy.quota_counts c join tenancy.tenants t on t.id = c.tenant_id join tenancy.plans p on p.name = t.plan
                where c.tenant_id = tenant and c.metric = 'queued_jobs' and c.period_start = '-infinity' and c.amount >= p.queued_jobs;
            if found then
                raise exception using errcode = 'TN402', message = json_build_object(
                    'limit', 'queued_jobs', 'allowed', full_plan.queued_jobs, 'used', full_plan.amount, 'plan', full_plan.name, 'resets_at', null)::text;
            end if;
            if enqueue.arguments is not null then
                insert into tenancy.job_data (tenant_id, job_id, arguments) values (tenant, enqueue.id, enqueue.arguments);
            end if;
            return query select enqueue.id, true;
            return;
        end if;
        return query select j.id, false from tenancy.jobs j
            where j.tenant_id = tenant and j.handler = caller and j.kind = enqueue.kind and j.unique_key = enqueue.unique_key and j.finished_at is null
                and not j.cancel_requested;
        if found then
            return;
        end if;
    end loop;
end
$$;

-- As in 0036.
create or replace function tenancy.deliver_notifications(job uuid, due timestamptz, unique_key text) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    tenant uuid := tenancy.tenant_id();
begin
    insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, max_attempts, unique_key)
        values (tenant, deliver_notifications.job, 'notifications', 'deliver',
            case when deliver_notifications.due > clock_timestamp() then 'scheduled' else 'waiting' end,
            least(deliver_notifications.due, clock_timestamp() + interval '366 days'), 20, deliver_notifications.unique_key)
        on conflict (tenant_id, handler, kind, unique_key) where unique_key is not null and finished_at is null and not cancel_requested do nothing;
    return found;
end
$$;

-- As in 0034; retry finds no row either where another job has the key.
create or replace function tenancy.steer_job(tenant uuid, id uuid, action text) returns setof tenancy.jobs
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
    if action = 'cancel' then
        return query update tenancy.jobs j
            set status = case j.status when 'running' then 'running' else 'cancelled' end, cancel_requested = true,
                finished_at = case j.status when 'running' then null else clock_timestamp() end
            where j.tenant_id = tenant and j.id = steer_job.id and j.finished_at is null returning j.*;
    elsif action = 'pause' then
        return query update tenancy.jobs j set status = 'paused'
            where j.tenant_id = tenant and j.id = steer_job.id and j.status in ('scheduled', 'waiting') returning j.*;
    elsif action = 'resume' then
        return query update tenancy.jobs j set status = case when j.due_at > clock_timestamp() then 'scheduled' else 'waiting' end
            where j.tenant_id = tenant and j.id = steer_job.id and j.status = 'paused' returning j.*;
    elsif action = 'retry' then
        return query update tenancy.jobs j
            set status = 'waiting', finished_at = null, cancel_requested = false, due_at = clock_timestamp(), progress = null,
                max_attempts = greatest(j.max_attempts, j.attempt + 5)
            where j.tenant_id = tenant and j.id = steer_job.id and j.status in ('dead', 'cancelled')
                and not exists (
                    select from tenancy.jobs o
                    where o.tenant_id = tenant and o.handler = j.handler and o.kind = j.kind and o.unique_key = j.unique_key
                        and o.finished_at is null and not o.cancel_requested)
            returning j.*;
    end if;
end
$$;

-- Makes a job for a tenant, of any handler, in the transaction that it is about. With a key: none where another one has it. Without: none where one that
-- was made in this way waits; that one cannot begin before this transaction ends, and so sees what it did; one that runs may have looked before, and does
-- not count.
drop function tenancy.want_job(uuid, text, text);
create function tenancy.want_job(tenant uuid, handler text, kind text, unique_key text, wait interval, priority int, max_attempts int) returns void
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    job uuid := tenancy.uuid_v7();
begin
    if want_job.unique_key is null then
        perform from tenancy.jobs j
            where j.tenant_id = want_job.tenant and j.handler = want_job.handler and j.kind = want_job.kind and j.unique_key is not null
                and j.finished_at is null and not j.cancel_requested and j.status in ('scheduled', 'waiting')
            limit 1 for share;
        if found then
            return;
        end if;
    end if;
    insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, priority, max_attempts, unique_key)
        values (want_job.tenant, job, want_job.handler, want_job.kind, 'scheduled', clock_timestamp() + want_job.wait, want_job.priority,
            want_job.max_attempts, coalesce(want_job.unique_key, job::text))
        on conflict (tenant_id, handler, kind, unique_key) where unique_key is not null and finished_at is null and not cancel_requested do nothing;
end
$$;

create or replace function tenancy.news_landed() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    part record;
begin
    for part in select distinct c.tenant_id from changed c where c.scored_at is null loop
        perform tenancy.want_job(part.tenant_id, 'articles', 'score_news', null, interval '1 second', 5, 5);
    end loop;
    return null;
end
$$;

-- As in 0039; it also has rules of alerts looked at, ten seconds later and not more often: whoever writes each second is not looked at each second.
create or replace function tenancy.settle_touches() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    part record;
    look bigint;
    has_changed boolean := false;
begin
    for part in
        with mine as (
            delete from tenancy.kpi_touches k
            where k.tenant_id = new.tenant_id and k.backend = pg_backend_pid() and k.begun = transaction_timestamp() returning k.*)
        select m.tenant_id, m.source_id, m.is_removal from mine m order by m.source_id
    loop
        has_changed := true;
        if part.is_removal then
            -- The KPI may be gone.
            update tenancy.kpi_changes k set revision = k.revision + 1, changed_at = clock_timestamp()
                where k.tenant_id = part.tenant_id and k.source_id = part.source_id
                returning k.taken into look;
        else
            begin
                insert into tenancy.kpi_changes as k (tenant_id, source_id) values (part.tenant_id, part.source_id)
                    on conflict on constraint kpi_changes_pkey do update set revision = k.revision + 1, changed_at = excluded.changed_at
                    returning k.taken into look;
            exception when foreign_key_violation then
                -- It came and went in this transaction.
                look := null;
            end;
        end if;
        continue when look is null;
        -- Often enough to outlast a long import that holds the KPI.
        perform tenancy.want_job(part.tenant_id, 'forecasts', 'detect_anomalies', part.source_id || '/' || look, interval '2 seconds', 7, 12);
    end loop;
    if has_changed then
        perform tenancy.want_job(new.tenant_id, 'alerts', 'process_alerts', null, interval '10 seconds', 6, 5);
    end if;
    return null;
end
$$;

-- Unusual values that were found are looked at by rules as well.
create function tenancy.anomalies_found() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    part record;
begin
    for part in select distinct c.tenant_id from changed c loop
        perform tenancy.want_job(part.tenant_id, 'alerts', 'process_alerts', null, interval '1 second', 6, 5);
    end loop;
    return null;
end
$$;
create trigger anomalies_found after insert on app.anomalies referencing new table as changed
    for each statement execute function tenancy.anomalies_found();

grant execute on function tenancy.waiting_tenants(text[], uuid[], int) to {prefix}_host;
