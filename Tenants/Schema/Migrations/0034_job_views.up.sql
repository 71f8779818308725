-- What people see of jobs and timers, and what they may do with them: members with their tenant's, operators with all.
set local role {prefix}_owner;

create index jobs_dead on tenancy.jobs (tenant_id, id) where status = 'dead';

-- RFC 3339, in UTC.
create function tenancy.time_text(at timestamptz) returns text
    language sql stable set search_path = pg_catalog, pg_temp as $$
    select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

create function tenancy.job_json(j tenancy.jobs) returns jsonb
    language sql stable set search_path = pg_catalog, pg_temp as $$
    select jsonb_build_object('id', j.id, 'handler', j.handler, 'kind', j.kind, 'status', j.status, 'priority', j.priority,
        'due_at', tenancy.time_text(j.due_at), 'attempt', j.attempt, 'max_attempts', j.max_attempts, 'cancel_requested', j.cancel_requested,
        'unique_key', j.unique_key, 'timer', j.timer, 'fire_at', tenancy.time_text(j.fire_at), 'progress', j.progress, 'errors', j.errors,
        'created_at', tenancy.time_text(j.created_at), 'started_at', tenancy.time_text(j.started_at), 'finished_at', tenancy.time_text(j.finished_at))
$$;

-- The context's tenant's jobs, the newest first, before an id; nulls: of every status, of every handler.
create function jobs.own_jobs(status text, handler text, before uuid, most int) returns setof jsonb
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select tenancy.job_json(j) from tenancy.jobs j
        where j.tenant_id = tenant and j.id < own_jobs.before and (own_jobs.status is null or j.status = own_jobs.status)
            and (own_jobs.handler is null or j.handler = own_jobs.handler)
        order by j.id desc limit own_jobs.most;
end
$$;

create function jobs.own_job(id uuid) returns setof jsonb
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query select tenancy.job_json(j) from tenancy.jobs j where j.tenant_id = tenant and j.id = own_job.id;
end
$$;

-- cancel: ends what does not run, and asks what runs to stop. pause, resume: what does not run yet. retry: what was given up or cancelled begins anew,
-- with five more attempts. The job as it is then; no row where it is not in a state for that.
create function jobs.steer(id uuid, action text) returns setof jsonb
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query select tenancy.job_json(s) from tenancy.steer_job(tenant, steer.id, steer.action) s;
end
$$;

create function tenancy.steer_job(tenant uuid, id uuid, action text) returns setof tenancy.jobs
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
            where j.tenant_id = tenant and j.id = steer_job.id and j.status in ('dead', 'cancelled') returning j.*;
    end if;
end
$$;

create function tenancy.timer_json(t tenancy.timers) returns jsonb
    language sql stable set search_path = pg_catalog, pg_temp as $$
    select jsonb_build_object('handler', t.handler, 'name', t.name, 'job', t.definition -> 'kind', 'schedule', t.definition -> 'schedule',
        'time_zone', coalesce(t.next_zone, t.definition ->> 'time_zone'), 'overlap', t.definition -> 'overlap', 'catch_up', t.definition -> 'catch_up',
        'spread_seconds', t.definition -> 'spread_seconds', 'paused', t.paused, 'next_at', tenancy.time_text(t.next_at),
        'last_at', tenancy.time_text(t.last_at))
$$;

create function jobs.own_timers() returns setof jsonb
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query select tenancy.timer_json(t) from tenancy.timers t where t.tenant_id = tenant order by t.handler, t.name;
end
$$;

-- Why a timer's times got jobs, or none, the newest first.
create function jobs.own_occurrences(handler text, timer text, before timestamptz, most int) returns setof jsonb
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select jsonb_build_object('fire_at', tenancy.time_text(o.fire_at), 'outcome', o.outcome, 'times', o.times, 'job_id', o.job_id,
            'job_status', j.status, 'decided_at', tenancy.time_text(o.decided_at))
        from tenancy.timer_occurrences o left join tenancy.jobs j on j.tenant_id = o.tenant_id and j.id = o.job_id
        where o.tenant_id = tenant and o.handler = own_occurrences.handler and o.timer = own_occurrences.timer and o.fire_at < own_occurrences.before
        order by o.fire_at desc limit own_occurrences.most;
end
$$;

-- pause, resume: what is missed meanwhile is not caught up with. run: a job now, beside the timer's times. No row where there is no such timer.
create function jobs.steer_timer(handler text, timer text, action text, job_id uuid) returns setof jsonb
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    t tenancy.timers%rowtype;
    now timestamptz := clock_timestamp();
begin
    select * into t from tenancy.timers o
        where o.tenant_id = tenant and o.handler = steer_timer.handler and o.name = steer_timer.timer for update;
    if not found then
        return;
    end if;
    if action = 'run' then
        insert into tenancy.timer_occurrences (tenant_id, handler, timer, fire_at, outcome, job_id)
            values (tenant, t.handler, t.name, now, 'manual', steer_timer.job_id);
        perform tenancy.make_timer_job(t, now, steer_timer.job_id, 0);
    else
        update tenancy.timers o set paused = action = 'pause', next_at = case when action = 'resume' then null else o.next_at end
            where o.tenant_id = tenant and o.handler = t.handler and o.name = t.name and o.paused <> (action = 'pause')
            returning o.* into t;
        if not found then
            select * into t from tenancy.timers o where o.tenant_id = tenant and o.handler = steer_timer.handler and o.name = steer_timer.timer;
        end if;
    end if;
    return query select tenancy.timer_json(t);
end
$$;

-- For operators: jobs of all tenants and of the installation, the newest first.
create function jobs.all_jobs(status text, handler text, before uuid, most int) returns setof jsonb
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_operator();
    return query
        select tenancy.job_json(j) || jsonb_build_object('tenant_id', j.owner_id) from tenancy.jobs j
        where j.id < all_jobs.before and (all_jobs.status is null or j.status = all_jobs.status)
            and (all_jobs.handler is null or j.handler = all_jobs.handler)
        order by j.id desc limit all_jobs.most;
end
$$;
