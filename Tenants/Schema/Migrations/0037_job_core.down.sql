set local role {prefix}_owner;
update tenancy.jobs set status = 'cancelled', finished_at = clock_timestamp() where status = 'queued';
drop trigger queued_behind on tenancy.jobs;
drop function tenancy.release_queued_job();
drop function tenancy.make_timer_job(tenancy.timers, timestamptz, uuid, float8, boolean);
drop function tenancy.complete_jobs(uuid, uuid[], uuid[], bigint[]);
drop function tenancy.count_jobs();
drop function jobs.metrics();
drop function tenancy.quantiles(float8[]);
drop index tenancy.jobs_held;
alter table tenancy.jobs drop constraint jobs_status_check, add constraint jobs_status_check
    check (status in ('scheduled', 'waiting', 'paused', 'running', 'completed', 'cancelled', 'dead'));
delete from tenancy.quota_counts where metric = 'queued_jobs';
alter table tenancy.quota_counts drop constraint quota_counts_metric_check, add constraint quota_counts_metric_check
    check (metric in ('kpis', 'rows', 'members', 'stored_bytes', 'uploads', 'forecasts', 'crawl_pages'));
alter table tenancy.plans drop column queued_jobs;

-- As it was in 0030.
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
                ('uploads', 'uploads_per_month', p.uploads_per_month, u.period_start, u.period_end),
                ('forecasts', 'forecasts_per_month', p.forecasts_per_month, u.period_start, u.period_end),
                ('crawl_pages', 'crawl_pages_per_month', p.crawl_pages_per_month, u.period_start, u.period_end)
            ) as m (metric, quota, allowed, period_start, resets_at)
        where t.id = of_tenant;
end
$$;

-- As they were in 0032 and 0033.
create or replace function jobs.enqueue(id uuid, kind text, arguments jsonb, delay float8, priority int, max_attempts int, unique_key text)
    returns table (job_id uuid, is_new boolean)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    tenant uuid := tenancy.tenant_id();
    caller text := split_part(current_setting('tenancy.context', true), '.', 7);
begin
    loop
        insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, priority, max_attempts, unique_key)
            values (tenant, enqueue.id, caller, enqueue.kind, case when enqueue.delay > 0 then 'scheduled' else 'waiting' end,
                clock_timestamp() + make_interval(secs => least(greatest(enqueue.delay, 0), 31622400)), enqueue.priority, enqueue.max_attempts,
                enqueue.unique_key)
            on conflict (tenant_id, handler, kind, unique_key) where unique_key is not null and finished_at is null do nothing;
        if found then
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

drop function tenancy.claim_jobs(uuid, uuid[], bigint[], text[], float8);
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

create or replace function tenancy.promote_jobs(most int) returns table (moved bigint, next_due timestamptz)
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

create or replace function tenancy.take_lapsed_jobs(most int) returns bigint
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

create or replace function tenancy.sweep_jobs(most int) returns bigint
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

create or replace function tenancy.renew_jobs(claimer uuid, tenants uuid[], ids uuid[], attempts bigint[], lease float8)
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

create or replace function tenancy.due_timers(handlers text[], most int)
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

create or replace function tenancy.fire_timer(tenant uuid, handler text, name text, expected timestamptz, next_at timestamptz, next_zone text,
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

create function tenancy.make_timer_job(t tenancy.timers, fire_at timestamptz, job_id uuid, delay float8) returns void
    language sql volatile set search_path = pg_catalog, pg_temp as $$
    insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, priority, max_attempts, timer, fire_at)
        values (t.tenant_id, job_id, t.handler, t.definition ->> 'kind', case when delay > 0 then 'scheduled' else 'waiting' end,
            clock_timestamp() + make_interval(secs => greatest(delay, 0)), (t.definition ->> 'priority')::smallint,
            (t.definition ->> 'max_attempts')::int, t.name, fire_at)
$$;

drop function tenancy.timer_clock();
create or replace function tenancy.waiting_tenants(after uuid, most int) returns table (tenant_id uuid)
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
grant execute on function tenancy.claim_jobs(uuid, uuid, text[], int, float8) to {prefix}_host;
