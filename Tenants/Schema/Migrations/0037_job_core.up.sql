-- Jobs at a high rate, and what people want to know and to limit of them: hosts end jobs in batches, a plan limits how many wait, timers may queue
-- their jobs one behind the other, jobs of tenants that are suspended stop, and operators see figures.
set local role {prefix}_owner;

-- The clock that timers go by. Tests of other days put another one in its place.
create function tenancy.timer_clock() returns timestamptz
    language sql volatile set search_path = pg_catalog, pg_temp as $$ select clock_timestamp() $$;

-- queued: made by a timer whose job before has not ended; it is let go when that has.
alter table tenancy.jobs drop constraint jobs_status_check, add constraint jobs_status_check
    check (status in ('scheduled', 'waiting', 'queued', 'paused', 'running', 'completed', 'cancelled', 'dead'));
create index jobs_held on tenancy.jobs (tenant_id, id) where status in ('queued', 'paused');

-- For the host: jobs ended whose code has nothing left to commit. An attempt that is not the newest, or not this host's any more, ends nothing.
create function tenancy.complete_jobs(claimer uuid, tenants uuid[], ids uuid[], attempts bigint[]) returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    count bigint;
begin
    update tenancy.jobs j
        set status = 'completed', finished_at = clock_timestamp(), claimed_by = null, claimed_until = null, progress = 1
        from unnest(tenants, ids, attempts) as h (tenant, id, attempt)
        where j.tenant_id = h.tenant and j.id = h.id and j.attempt = h.attempt and j.status = 'running' and j.claimed_by = complete_jobs.claimer;
    get diagnostics count = row_count;
    return count;
end
$$;

-- For the host, the second step of a claim: at most so many jobs of each of some tenants, of handlers that it serves. All in one statement, since each
-- costs as much as several jobs; rows are found by their place, so that no plan reads the whole table for a few of them. The lease is to be renewed; who
-- dies loses it.
drop function tenancy.claim_jobs(uuid, uuid, text[], int, float8);
create function tenancy.claim_jobs(claimer uuid, tenants uuid[], most bigint[], handlers text[], lease float8)
    returns table (tenant_id uuid, id uuid, handler text, kind text, attempt int, waited float8, last_error text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    now timestamptz := clock_timestamp();
begin
    return query
        update tenancy.jobs j
        set status = 'running', attempt = j.attempt + 1, claimed_by = claim_jobs.claimer, started_at = now,
            claimed_until = now + make_interval(secs => claim_jobs.lease)
        where j.ctid = any (array(
            select w.ctid from unnest(claim_jobs.tenants, claim_jobs.most) s (tenant, most) cross join lateral (
                select o.ctid from tenancy.jobs o
                where o.tenant_id = s.tenant and o.status = 'waiting' and o.handler = any (claim_jobs.handlers)
                order by o.priority, o.due_at, o.id limit s.most for update skip locked) w))
        returning j.tenant_id, j.id, j.handler, j.kind, j.attempt, extract(epoch from now - j.due_at)::float8, j.errors -> -1 ->> 'code';
end
$$;

-- As in 0033, in one statement: each step of either part is one look into the index, and none is taken that the limit does not ask for.
create or replace function tenancy.waiting_tenants(after uuid, most int) returns table (tenant_id uuid)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
    return query
        with recursive behind as (
            (select j.tenant_id from tenancy.jobs j where j.status = 'waiting' and j.tenant_id > waiting_tenants.after
                order by j.tenant_id limit 1)
            union all
            select (select j.tenant_id from tenancy.jobs j where j.status = 'waiting' and j.tenant_id > b.tenant_id order by j.tenant_id limit 1)
            from behind b where b.tenant_id is not null),
        before as (
            (select j.tenant_id from tenancy.jobs j where j.status = 'waiting' order by j.tenant_id limit 1)
            union all
            select (select j.tenant_id from tenancy.jobs j where j.status = 'waiting' and j.tenant_id > b.tenant_id order by j.tenant_id limit 1)
            from before b where b.tenant_id <= waiting_tenants.after)
        select u.tenant_id from (
            select b.tenant_id from behind b
            union all
            select b.tenant_id from before b where b.tenant_id <= waiting_tenants.after) u
        where u.tenant_id = '00000000-0000-0000-0000-000000000000'
            or exists (select from tenancy.tenants t where t.id = u.tenant_id and t.status = 'active')
        limit waiting_tenants.most;
end
$$;

-- As in 0033, with the time in a variable: an index can be searched for it, where clock_timestamp() itself is compared with each entry.
create or replace function tenancy.promote_jobs(most int) returns table (moved bigint, next_due timestamptz)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    now timestamptz := clock_timestamp();
    count bigint;
begin
    with due as (
        select j.tenant_id, j.id from tenancy.jobs j where j.status = 'scheduled' and j.due_at <= now
        order by j.due_at limit promote_jobs.most for update skip locked
    )
    update tenancy.jobs j set status = 'waiting' from due d where j.tenant_id = d.tenant_id and j.id = d.id;
    get diagnostics count = row_count;
    return query select count, (select j.due_at from tenancy.jobs j where j.status = 'scheduled' order by j.due_at limit 1);
end
$$;

create or replace function tenancy.take_lapsed_jobs(most int) returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    now timestamptz := clock_timestamp();
    count bigint;
begin
    with lapsed as (
        select j.tenant_id, j.id from tenancy.jobs j where j.status = 'running' and j.claimed_until <= now
        order by j.claimed_until limit take_lapsed_jobs.most for update skip locked
    )
    update tenancy.jobs j
        set status = case when j.cancel_requested then 'cancelled' when j.attempt >= j.max_attempts then 'dead' else 'waiting' end,
            finished_at = case when j.cancel_requested or j.attempt >= j.max_attempts then now end,
            due_at = now, claimed_by = null, claimed_until = null,
            errors = tenancy.with_error(j.errors, j.attempt,
                '{"code": "LEASE_LOST", "message": "Whoever ran it did not renew its lease: it ended, or stood still"}')
        from lapsed l where j.tenant_id = l.tenant_id and j.id = l.id;
    get diagnostics count = row_count;
    return count;
end
$$;

create or replace function tenancy.sweep_jobs(most int) returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    yesterday timestamptz := clock_timestamp() - interval '1 day';
    last_month timestamptz := clock_timestamp() - interval '30 days';
    last_quarter timestamptz := clock_timestamp() - interval '90 days';
    jobs_gone bigint;
    occurrences_gone bigint;
begin
    with old as (
        select j.tenant_id, j.id from tenancy.jobs j
        where j.finished_at < yesterday and (j.status = 'completed' or j.finished_at < last_month)
        order by j.finished_at limit sweep_jobs.most for update skip locked
    )
    delete from tenancy.jobs j using old o where j.tenant_id = o.tenant_id and j.id = o.id;
    get diagnostics jobs_gone = row_count;
    with old as (
        select o.tenant_id, o.handler, o.timer, o.fire_at from tenancy.timer_occurrences o
        where o.decided_at < last_quarter order by o.decided_at limit sweep_jobs.most for update skip locked
    )
    delete from tenancy.timer_occurrences t using old o
        where t.tenant_id = o.tenant_id and t.handler = o.handler and t.timer = o.timer and t.fire_at = o.fire_at;
    get diagnostics occurrences_gone = row_count;
    return greatest(jobs_gone, occurrences_gone);
end
$$;

-- As in 0033; a tenant that is not active any more has its jobs stopped as well. They wait until it is active again.
create or replace function tenancy.renew_jobs(claimer uuid, tenants uuid[], ids uuid[], attempts bigint[], lease float8)
    returns table (tenant_id uuid, id uuid, attempt int, cancel_requested boolean)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
        update tenancy.jobs j set claimed_until = clock_timestamp() + make_interval(secs => renew_jobs.lease)
        from unnest(tenants, ids, attempts) as h (tenant, id, attempt) left join tenancy.tenants t on t.id = h.tenant
        where j.tenant_id = h.tenant and j.id = h.id and j.attempt = h.attempt and j.status = 'running' and j.claimed_by = renew_jobs.claimer
        returning j.tenant_id, j.id, j.attempt, j.cancel_requested or coalesce(t.status <> 'active', false);
end
$$;

-- For the host: timers that have come to their time, or are to be reckoned, those that waited longest first; of tenants that are active.
create or replace function tenancy.due_timers(handlers text[], most int)
    returns table (tenant_id uuid, handler text, name text, definition jsonb, tenant_zone text, next_at timestamptz, next_zone text)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    now timestamptz := tenancy.timer_clock();
begin
    return query
        select d.tenant_id, d.handler, d.name, d.definition, coalesce(o.time_zone, 'UTC'), d.next_at, d.next_zone
        from (
            (select t.* from tenancy.timers t where not t.paused and t.next_at is null and t.handler = any (due_timers.handlers)
                and (t.owner_id is null or exists (select from tenancy.tenants a where a.id = t.owner_id and a.status = 'active'))
                limit due_timers.most)
            union all
            (select t.* from tenancy.timers t where not t.paused and t.next_at <= now and t.handler = any (due_timers.handlers)
                and (t.owner_id is null or exists (select from tenancy.tenants a where a.id = t.owner_id and a.status = 'active'))
                order by t.next_at limit due_timers.most)) d
            left join tenancy.tenants o on o.id = d.owner_id
        order by d.next_at nulls first, d.tenant_id, d.handler, d.name limit due_timers.most;
end
$$;

-- A job of a timer. `is_behind`: it waits until the timer's jobs before have ended.
drop function tenancy.make_timer_job(tenancy.timers, timestamptz, uuid, float8);
create function tenancy.make_timer_job(t tenancy.timers, fire_at timestamptz, job_id uuid, delay float8, is_behind boolean default false) returns void
    language sql volatile set search_path = pg_catalog, pg_temp as $$
    insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, priority, max_attempts, timer, fire_at)
        values (t.tenant_id, job_id, t.handler, t.definition ->> 'kind',
            case when is_behind then 'queued' when delay > 0 then 'scheduled' else 'waiting' end,
            clock_timestamp() + make_interval(secs => greatest(delay, 0)), (t.definition ->> 'priority')::smallint,
            (t.definition ->> 'max_attempts')::int, t.name, fire_at)
$$;

-- As in 0033; a timer that says `overlap: queue` has its jobs run one behind the other. More than 100 do not queue.
create or replace function tenancy.fire_timer(tenant uuid, handler text, name text, expected timestamptz, next_at timestamptz, next_zone text,
    fire_times timestamptz[], outcomes text[], times bigint[], job_ids uuid[], delays float8[]) returns int
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    t tenancy.timers%rowtype;
    i int;
    verdict text;
    unfinished bigint;
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
        unfinished := 0;
        if verdict in ('fired', 'caught_up') and t.definition ->> 'overlap' <> 'allow' then
            select count(*) into unfinished from (
                select from tenancy.jobs j where j.tenant_id = fire_timer.tenant and j.handler = fire_timer.handler
                    and j.timer = fire_timer.name and j.finished_at is null limit 101) b;
            if unfinished > (case t.definition ->> 'overlap' when 'queue' then 100 else 0 end) then
                verdict := 'overlapped';
            end if;
        end if;
        insert into tenancy.timer_occurrences (tenant_id, handler, timer, fire_at, outcome, times, job_id)
            values (fire_timer.tenant, fire_timer.handler, fire_timer.name, fire_times[i], verdict, fire_timer.times[i],
                case when verdict in ('fired', 'caught_up') then job_ids[i] end)
            on conflict on constraint timer_occurrences_pkey do nothing;
        if found and verdict in ('fired', 'caught_up') then
            perform tenancy.make_timer_job(t, fire_times[i], job_ids[i], delays[i], unfinished > 0);
        end if;
    end loop;
    return 1;
end
$$;

-- Lets the oldest job go that queues behind one that has ended. The timer's row is held as its firing holds it, so that none is forgotten between both.
create function tenancy.release_queued_job() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform from tenancy.timers t where t.tenant_id = new.tenant_id and t.handler = new.handler and t.name = new.timer for update;
    if not exists (select from tenancy.jobs j where j.tenant_id = new.tenant_id and j.handler = new.handler and j.timer = new.timer
            and j.finished_at is null and j.status <> 'queued') then
        update tenancy.jobs j set status = case when j.due_at > clock_timestamp() then 'scheduled' else 'waiting' end
            where j.tenant_id = new.tenant_id and j.id = (
                select q.id from tenancy.jobs q where q.tenant_id = new.tenant_id and q.handler = new.handler and q.timer = new.timer
                    and q.finished_at is null and q.status = 'queued' order by q.fire_at limit 1);
    end if;
    return null;
end
$$;
create trigger queued_behind after update of finished_at on tenancy.jobs for each row
    when (new.timer is not null and new.finished_at is not null and old.finished_at is null) execute function tenancy.release_queued_job();

-- Jobs of a tenant that have not ended; null: no limit. As hosts count them every few seconds, so that a burst may pass it.
alter table tenancy.plans add column queued_jobs bigint check (queued_jobs >= 0);
update tenancy.plans set queued_jobs = 10000 where name = 'free';
update tenancy.plans set queued_jobs = 100000 where name = 'pro';
alter table tenancy.quota_counts drop constraint quota_counts_metric_check, add constraint quota_counts_metric_check
    check (metric in ('kpis', 'rows', 'members', 'stored_bytes', 'queued_jobs', 'uploads', 'forecasts', 'crawl_pages'));

create or replace function tenancy.quotas(of_tenant uuid)
    returns table (metric text, quota text, allowed bigint, used bigint, plan text, period_start timestamptz, resets_at timestamptz)
    language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
    return query
        select m.metric, m.quota, m.allowed,
            (coalesce((select c.amount from tenancy.quota_counts c
                where c.tenant_id = t.id and c.metric = m.metric and c.period_start = m.period_start), 0)
            + coalesce((select sum(d.amount) from tenancy.quota_deltas d
                where d.tenant_id = t.id and d.metric = m.metric and d.period_start = m.period_start), 0))::bigint,
            t.plan, m.period_start, m.resets_at
        from tenancy.tenants t join tenancy.plans p on p.name = t.plan cross join lateral tenancy.usage_period(t.id) u,
            lateral (values
                ('kpis', 'kpis', p.kpis, '-infinity'::timestamptz, null::timestamptz),
                ('rows', 'rows', p.rows, '-infinity', null),
                ('members', 'members', p.members, '-infinity', null),
                ('stored_bytes', 'stored_bytes', p.stored_bytes, '-infinity', null),
                ('queued_jobs', 'queued_jobs', p.queued_jobs, '-infinity', null),
                ('uploads', 'uploads_per_month', p.uploads_per_month, u.period_start, u.period_end),
                ('forecasts', 'forecasts_per_month', p.forecasts_per_month, u.period_start, u.period_end),
                ('crawl_pages', 'crawl_pages_per_month', p.crawl_pages_per_month, u.period_start, u.period_end)
            ) as m (metric, quota, allowed, period_start, resets_at)
        where t.id = of_tenant;
end
$$;

-- For the host: counts the jobs of each tenant that have not ended; how many tenants' numbers changed.
create function tenancy.count_jobs() returns bigint
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    changed bigint;
begin
    with found as (
        select u.tenant_id, count(*) as jobs from (
            select j.tenant_id from tenancy.jobs j where j.status = 'waiting'
            union all select j.tenant_id from tenancy.jobs j where j.status = 'scheduled'
            union all select j.tenant_id from tenancy.jobs j where j.status = 'running'
            union all select j.tenant_id from tenancy.jobs j where j.status in ('queued', 'paused')) u
        where u.tenant_id <> '00000000-0000-0000-0000-000000000000' group by u.tenant_id),
    gone as (
        -- Hosts that count at once do not wait for each other here.
        delete from tenancy.quota_counts c where c.ctid = any (array(
            select o.ctid from tenancy.quota_counts o
            where o.metric = 'queued_jobs' and not exists (select from found f where f.tenant_id = o.tenant_id) for update skip locked))
        returning c.tenant_id),
    written as (
        insert into tenancy.quota_counts as c (tenant_id, metric, period_start, amount)
            select f.tenant_id, 'queued_jobs', '-infinity', f.jobs from found f join tenancy.tenants t on t.id = f.tenant_id order by f.tenant_id
            on conflict on constraint quota_counts_pkey do update set amount = excluded.amount where c.amount <> excluded.amount
        returning c.tenant_id)
    select (select count(*) from gone) + (select count(*) from written) into changed;
    return changed;
end
$$;

-- As in 0032; SQLSTATE TN402 where as many of the tenant's jobs wait as its plan allows.
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
            on conflict (tenant_id, handler, kind, unique_key) where unique_key is not null and finished_at is null do nothing;
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
            where j.tenant_id = tenant and j.handler = caller and j.kind = enqueue.kind and j.unique_key = enqueue.unique_key and j.finished_at is null;
        if found then
            return;
        end if;
    end loop;
end
$$;

-- For operators: the queues by handler, kind and status with how long the oldest is due, and how the newest 10,000 jobs that ended went. Milliseconds.
create function jobs.metrics() returns jsonb
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    now timestamptz := clock_timestamp();
begin
    perform tenancy.require_operator();
    return jsonb_build_object(
        'queues', (
            select coalesce(jsonb_agg(to_jsonb(q) order by q.handler, q.kind, q.status), '[]') from (
                select u.handler, u.kind, u.status, count(*) as jobs,
                    greatest(round(extract(epoch from now - min(u.due_at)) * 1000), 0)::bigint as oldest_ms
                from (
                    select j.handler, j.kind, j.status, j.due_at from tenancy.jobs j where j.status = 'waiting'
                    union all select j.handler, j.kind, j.status, j.due_at from tenancy.jobs j where j.status = 'scheduled'
                    union all select j.handler, j.kind, j.status, j.due_at from tenancy.jobs j where j.status = 'running'
                    union all select j.handler, j.kind, j.status, j.due_at from tenancy.jobs j where j.status in ('queued', 'paused')
                    union all select j.handler, j.kind, j.status, j.due_at from tenancy.jobs j where j.status = 'dead') u
                group by u.handler, u.kind, u.status) q),
        'ended', (
            select coalesce(jsonb_agg(to_jsonb(e) order by e.handler, e.kind), '[]') from (
                select r.handler, r.kind, count(*) filter (where r.status = 'completed') as completed,
                    count(*) filter (where r.status = 'dead') as dead, count(*) filter (where r.status = 'cancelled') as cancelled,
                    sum(greatest(r.attempt - 1, 0)) as retries,
                    tenancy.quantiles(array_agg(extract(epoch from r.started_at - r.due_at)::float8)
                        filter (where r.started_at is not null and r.status = 'completed')) as wait_ms,
                    tenancy.quantiles(array_agg(extract(epoch from r.finished_at - r.started_at)::float8)
                        filter (where r.started_at is not null and r.status = 'completed')) as run_ms,
                    tenancy.time_text(min(r.finished_at)) as since
                from (
                    select j.* from tenancy.jobs j where j.finished_at is not null order by j.finished_at desc limit 10000) r
                group by r.handler, r.kind) e));
end
$$;

-- Median, 95th and 99th of a hundred, in milliseconds; null of nothing.
create function tenancy.quantiles(seconds float8[]) returns jsonb
    language sql immutable set search_path = pg_catalog, pg_temp as $$
    select jsonb_build_object('p50', round((p.q[1] * 1000)::numeric, 1), 'p95', round((p.q[2] * 1000)::numeric, 1), 'p99', round((p.q[3] * 1000)::numeric, 1))
    from (select percentile_cont(array[0.5, 0.95, 0.99]) within group (order by greatest(s, 0)) as q from unnest(seconds) s) p
    where p.q is not null
$$;

grant execute on function tenancy.claim_jobs(uuid, uuid[], bigint[], text[], float8), tenancy.complete_jobs(uuid, uuid[], uuid[], bigint[]), tenancy.count_jobs(), tenancy.timer_clock() to {prefix}_host;
