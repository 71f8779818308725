-- What hosts do with jobs and timers: claim, renew, end, take over, reckon and sweep.
set local role {prefix}_owner;

-- For the host: jobs whose time has come wait from now on. When the next one is due; null: none is scheduled.
create function tenancy.promote_jobs(most int) returns table (moved bigint, next_due timestamptz)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    count bigint;
begin
    with due as (
        select j.tenant_id, j.id from tenancy.jobs j where j.status = 'scheduled' and j.due_at <= clock_timestamp()
        order by j.due_at limit promote_jobs.most for update skip locked
    )
    update tenancy.jobs j set status = 'waiting' from due d where j.tenant_id = d.tenant_id and j.id = d.id;
    get diagnostics count = row_count;
    return query select count, (select min(j.due_at) from tenancy.jobs j where j.status = 'scheduled');
end
$$;

-- For the host, the first step of a claim: tenants with jobs that wait, in a circle from behind `after` on, so that each has its turn whoever has most.
-- Locks nothing. Ends behind the whole circle.
create function tenancy.waiting_tenants(after uuid, most int) returns table (tenant_id uuid)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    place uuid := waiting_tenants.after;
    is_wrapped boolean := false;
    count int := 0;
begin
    while count < waiting_tenants.most loop
        select j.tenant_id into place from tenancy.jobs j
            where j.status = 'waiting' and j.tenant_id > place order by j.tenant_id limit 1;
        if place is null then
            exit when is_wrapped;
            is_wrapped := true;
            -- The installation's own jobs stand at all zero, which nothing is behind.
            place := '00000000-0000-0000-0000-000000000000';
            if exists (select from tenancy.jobs j where j.status = 'waiting' and j.tenant_id = place) then
                count := count + 1;
                tenant_id := place;
                return next;
            end if;
            continue;
        end if;
        exit when is_wrapped and place > waiting_tenants.after;
        if exists (select from tenancy.tenants t where t.id = place and t.status = 'active') then
            count := count + 1;
            tenant_id := place;
            return next;
        end if;
    end loop;
end
$$;

-- For the host, the second step: at most so many jobs of one tenant, of handlers that it serves. The lease is to be renewed; who dies loses it.
create function tenancy.claim_jobs(claimer uuid, tenant uuid, handlers text[], most int, lease float8)
    returns table (tenant_id uuid, id uuid, handler text, kind text, attempt int, waited float8, last_error text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
        with chosen as (
            select j.tenant_id, j.id from tenancy.jobs j
            where j.tenant_id = claim_jobs.tenant and j.status = 'waiting' and j.handler = any (claim_jobs.handlers)
            order by j.priority, j.due_at, j.id limit claim_jobs.most for update skip locked
        )
        update tenancy.jobs j
        set status = 'running', attempt = j.attempt + 1, claimed_by = claim_jobs.claimer, started_at = clock_timestamp(),
            claimed_until = clock_timestamp() + make_interval(secs => claim_jobs.lease)
        from chosen c where j.tenant_id = c.tenant_id and j.id = c.id
        returning j.tenant_id, j.id, j.handler, j.kind, j.attempt, extract(epoch from clock_timestamp() - j.due_at)::float8,
            j.errors -> -1 ->> 'code';
end
$$;

-- For the host: it is still at these jobs. Those that are its own yet, and whether somebody wants them to stop.
create function tenancy.renew_jobs(claimer uuid, tenants uuid[], ids uuid[], attempts bigint[], lease float8)
    returns table (tenant_id uuid, id uuid, attempt int, cancel_requested boolean)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
        update tenancy.jobs j set claimed_until = clock_timestamp() + make_interval(secs => renew_jobs.lease)
        from unnest(tenants, ids, attempts) as h (tenant, id, attempt)
        where j.tenant_id = h.tenant and j.id = h.id and j.attempt = h.attempt and j.status = 'running' and j.claimed_by = renew_jobs.claimer
        returning j.tenant_id, j.id, j.attempt, j.cancel_requested;
end
$$;

-- What is kept of failures: the newest ten.
create function tenancy.with_error(errors jsonb, attempt int, error jsonb) returns jsonb
    language sql volatile set search_path = pg_catalog, pg_temp as $$
    select coalesce(jsonb_agg(e.value order by e.place), '[]') from (
        select value, place from jsonb_array_elements(
            errors || jsonb_build_array(jsonb_build_object('attempt', attempt,
                'at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) || error)) with ordinality as a (value, place)
        order by place desc limit 10) e
$$;

-- For the host: an attempt failed. Tried again behind the delay, or, without one or at the last attempt, given up. What somebody wanted to stop is
-- cancelled. `is_blameless`: it was not the job's fault, and does not count. False for who holds it no more.
create function tenancy.fail_job(tenant uuid, id uuid, attempt int, claimer uuid, error jsonb, delay float8, is_blameless boolean) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    outcome text;
begin
    update tenancy.jobs j
        set status = case
                when j.cancel_requested then 'cancelled'
                when fail_job.delay is null or j.attempt >= j.max_attempts and not fail_job.is_blameless then 'dead'
                when fail_job.delay > 0 then 'scheduled' else 'waiting' end,
            finished_at = case when j.cancel_requested or fail_job.delay is null or j.attempt >= j.max_attempts and not fail_job.is_blameless
                then clock_timestamp() end,
            max_attempts = j.max_attempts + case when fail_job.is_blameless then 1 else 0 end,
            due_at = clock_timestamp() + make_interval(secs => coalesce(fail_job.delay, 0)),
            claimed_by = null, claimed_until = null,
            errors = tenancy.with_error(j.errors, j.attempt, fail_job.error)
        where j.tenant_id = fail_job.tenant and j.id = fail_job.id and j.attempt = fail_job.attempt and j.claimed_by = fail_job.claimer
            and j.status = 'running'
        returning j.status into outcome;
    return outcome;
end
$$;

-- For the host: jobs whose lease is over wait anew, or are given up behind their last attempt. Who commits just then is left alone.
create function tenancy.take_lapsed_jobs(most int) returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    count bigint;
begin
    with lapsed as (
        select j.tenant_id, j.id from tenancy.jobs j where j.status = 'running' and j.claimed_until <= clock_timestamp()
        order by j.claimed_until limit take_lapsed_jobs.most for update skip locked
    )
    update tenancy.jobs j
        set status = case when j.cancel_requested then 'cancelled' when j.attempt >= j.max_attempts then 'dead' else 'waiting' end,
            finished_at = case when j.cancel_requested or j.attempt >= j.max_attempts then clock_timestamp() end,
            due_at = clock_timestamp(), claimed_by = null, claimed_until = null,
            errors = tenancy.with_error(j.errors, j.attempt,
                '{"code": "LEASE_LOST", "message": "Whoever ran it did not renew its lease: it ended, or stood still"}')
        from lapsed l where j.tenant_id = l.tenant_id and j.id = l.id;
    get diagnostics count = row_count;
    return count;
end
$$;

-- For the host: ended jobs go after a day, given up and cancelled ones after 30; occurrences after 90. At most so many of each.
create function tenancy.sweep_jobs(most int) returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    jobs_gone bigint;
    occurrences_gone bigint;
begin
    with old as (
        select j.tenant_id, j.id from tenancy.jobs j
        where j.finished_at < clock_timestamp() - interval '1 day'
            and (j.status = 'completed' or j.finished_at < clock_timestamp() - interval '30 days')
        order by j.finished_at limit sweep_jobs.most for update skip locked
    )
    delete from tenancy.jobs j using old o where j.tenant_id = o.tenant_id and j.id = o.id;
    get diagnostics jobs_gone = row_count;
    with old as (
        select o.tenant_id, o.handler, o.timer, o.fire_at from tenancy.timer_occurrences o
        where o.decided_at < clock_timestamp() - interval '90 days' order by o.decided_at limit sweep_jobs.most for update skip locked
    )
    delete from tenancy.timer_occurrences t using old o
        where t.tenant_id = o.tenant_id and t.handler = o.handler and t.timer = o.timer and t.fire_at = o.fire_at;
    get diagnostics occurrences_gone = row_count;
    return greatest(jobs_gone, occurrences_gone);
end
$$;

-- For the host: the timers of a handler are these, [{"name", "scope", "definition"}]. Those of tenants are made for tenants that came since.
create function tenancy.sync_timers(handler text, timers jsonb) returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    changed bigint;
    gone bigint;
begin
    delete from tenancy.timers t where t.handler = sync_timers.handler and not exists (
        select from jsonb_array_elements(timers) as d
        where d ->> 'name' = t.name and (d ->> 'scope' = 'system') = (t.tenant_id = '00000000-0000-0000-0000-000000000000'));
    get diagnostics gone = row_count;
    with wanted as (
        select p.tenant_id, d ->> 'name' as name, d -> 'definition' as definition
        from jsonb_array_elements(timers) as d
            cross join lateral (
                select t.id as tenant_id from tenancy.tenants t where d ->> 'scope' = 'tenant'
                union all select '00000000-0000-0000-0000-000000000000' where d ->> 'scope' = 'system') p
    )
    insert into tenancy.timers as t (tenant_id, handler, name, definition)
        select w.tenant_id, sync_timers.handler, w.name, w.definition from wanted w
        where not exists (
            select from tenancy.timers o
            where o.tenant_id = w.tenant_id and o.handler = sync_timers.handler and o.name = w.name and o.definition = w.definition)
        on conflict on constraint timers_pkey
        do update set definition = excluded.definition,
            next_at = case when t.definition -> 'schedule' = excluded.definition -> 'schedule'
                and t.definition -> 'time_zone' = excluded.definition -> 'time_zone' then t.next_at end;
    get diagnostics changed = row_count;
    -- Where a tenant has moved its times are reckoned anew.
    update tenancy.timers t set next_at = null from tenancy.tenants o
        where t.handler = sync_timers.handler and t.owner_id = o.id and t.next_at is not null and t.definition ->> 'time_zone' = 'tenant'
            and t.next_zone <> coalesce(o.time_zone, 'UTC');
    return changed + gone;
end
$$;

-- For the host: timers that have come to their time, or are to be reckoned, those that waited longest first; of tenants that are active.
create function tenancy.due_timers(handlers text[], most int)
    returns table (tenant_id uuid, handler text, name text, definition jsonb, tenant_zone text, next_at timestamptz, next_zone text)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
        select t.tenant_id, t.handler, t.name, t.definition, coalesce(o.time_zone, 'UTC'), t.next_at, t.next_zone
        from tenancy.timers t left join tenancy.tenants o on o.id = t.owner_id
        where not t.paused and t.handler = any (due_timers.handlers) and (t.next_at is null or t.next_at <= clock_timestamp())
            and (t.owner_id is null or o.status = 'active')
        order by t.next_at nulls first limit due_timers.most;
end
$$;

-- For the host: when the next timer comes to its time; null: none does.
create function tenancy.next_timer() returns timestamptz
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select min(t.next_at) from tenancy.timers t where not t.paused
$$;

-- For the host: a timer came to times, each with a job to make or none, and comes to the next one then. 0 where another host was first, or the timer
-- changed; else 1. `delays`: how long each job waits, in seconds.
create function tenancy.fire_timer(tenant uuid, handler text, name text, expected timestamptz, next_at timestamptz, next_zone text,
    fire_times timestamptz[], outcomes text[], times bigint[], job_ids uuid[], delays float8[]) returns int
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    t tenancy.timers%rowtype;
    i int;
    verdict text;
    is_busy boolean;
begin
    select * into t from tenancy.timers o
        where o.tenant_id = fire_timer.tenant and o.handler = fire_timer.handler and o.name = fire_timer.name
            and o.next_at is not distinct from fire_timer.expected and not o.paused for update;
    if not found then
        return 0;
    end if;
    update tenancy.timers o set next_at = fire_timer.next_at, next_zone = fire_timer.next_zone,
            last_at = coalesce(fire_times[cardinality(fire_times)], o.last_at)
        where o.tenant_id = fire_timer.tenant and o.handler = fire_timer.handler and o.name = fire_timer.name;
    for i in 1..cardinality(fire_times) loop
        verdict := outcomes[i];
        if verdict in ('fired', 'caught_up') and t.definition ->> 'overlap' = 'skip' then
            select exists (select from tenancy.jobs j where j.tenant_id = fire_timer.tenant and j.handler = fire_timer.handler
                and j.timer = fire_timer.name and j.finished_at is null) into is_busy;
            if is_busy then
                verdict := 'overlapped';
            end if;
        end if;
        insert into tenancy.timer_occurrences (tenant_id, handler, timer, fire_at, outcome, times, job_id)
            values (fire_timer.tenant, fire_timer.handler, fire_timer.name, fire_times[i], verdict, fire_timer.times[i],
                case when verdict in ('fired', 'caught_up') then job_ids[i] end)
            on conflict on constraint timer_occurrences_pkey do nothing;
        if found and verdict in ('fired', 'caught_up') then
            perform tenancy.make_timer_job(t, fire_times[i], job_ids[i], delays[i]);
        end if;
    end loop;
    return 1;
end
$$;

-- A job of a timer. Where those of the timer run one behind the other they share a key of their time, so that each is there once.
create function tenancy.make_timer_job(t tenancy.timers, fire_at timestamptz, job_id uuid, delay float8) returns void
    language sql volatile set search_path = pg_catalog, pg_temp as $$
    insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, priority, max_attempts, timer, fire_at)
        values (t.tenant_id, job_id, t.handler, t.definition ->> 'kind', case when delay > 0 then 'scheduled' else 'waiting' end,
            clock_timestamp() + make_interval(secs => greatest(delay, 0)), (t.definition ->> 'priority')::smallint,
            (t.definition ->> 'max_attempts')::int, t.name, fire_at)
$$;

-- For the host: tells the others that jobs wait. Never in a transaction of a handler, since commits that notify wait for each other.
create function tenancy.announce_jobs() returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
    select pg_notify('jobs_waiting', '')
$$;

grant execute on function tenancy.promote_jobs(int), tenancy.waiting_tenants(uuid, int), tenancy.claim_jobs(uuid, uuid, text[], int, float8),
    tenancy.renew_jobs(uuid, uuid[], uuid[], bigint[], float8), tenancy.fail_job(uuid, uuid, int, uuid, jsonb, float8, boolean),
    tenancy.take_lapsed_jobs(int), tenancy.sweep_jobs(int), tenancy.sync_timers(text, jsonb), tenancy.due_timers(text[], int), tenancy.next_timer(),
    tenancy.fire_timer(uuid, text, text, timestamptz, timestamptz, text, timestamptz[], text[], bigint[], uuid[], float8[]), tenancy.announce_jobs()
    to {prefix}_host;
