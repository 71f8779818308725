set local role {prefix}_owner;
drop trigger anomalies_found on app.anomalies;
drop function tenancy.anomalies_found();

-- As they were in 0032, 0034, 0036, 0037, 0039 and 0040.
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
        on conflict (tenant_id, handler, kind, unique_key) where unique_key is not null and finished_at is null do nothing;
    return found;
end
$$;

create or replace function tenancy.settle_touches() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    part record;
    look bigint;
begin
    for part in
        with mine as (
            delete from tenancy.kpi_touches k
            where k.tenant_id = new.tenant_id and k.backend = pg_backend_pid() and k.begun = transaction_timestamp() returning k.*)
        select m.tenant_id, m.source_id, m.is_removal from mine m order by m.source_id
    loop
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
        insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, priority, max_attempts, unique_key)
            values (part.tenant_id, tenancy.uuid_v7(), 'forecasts', 'detect_anomalies', 'scheduled', clock_timestamp() + interval '2 seconds', 7, 12,
                part.source_id || '/' || look)
            on conflict (tenant_id, handler, kind, unique_key) where unique_key is not null and finished_at is null do nothing;
    end loop;
    return null;
end
$$;

drop function tenancy.want_job(uuid, text, text, text, interval, int, int);
create function tenancy.want_job(tenant uuid, handler text, kind text) returns void
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
    job uuid := tenancy.uuid_v7();
begin
    perform from tenancy.jobs j
        where j.tenant_id = want_job.tenant and j.handler = want_job.handler and j.kind = want_job.kind and j.unique_key is not null
            and j.finished_at is null and j.status in ('scheduled', 'waiting', 'paused')
        for share;
    if not found then
        insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, max_attempts, unique_key)
            values (want_job.tenant, job, want_job.handler, want_job.kind, 'scheduled', clock_timestamp() + interval '1 second', 5, job::text);
    end if;
end
$$;

create or replace function tenancy.news_landed() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    part record;
begin
    for part in select distinct c.tenant_id from changed c where c.scored_at is null loop
        perform tenancy.want_job(part.tenant_id, 'articles', 'score_news');
    end loop;
    return null;
end
$$;

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
            where j.tenant_id = tenant and j.id = steer_job.id and j.status in ('dead', 'cancelled') returning j.*;
    end if;
end
$$;

create or replace function jobs.fence() returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    c text := current_setting('tenancy.context', true);
    party uuid := jobs.party();
begin
    perform from tenancy.jobs j
        where j.tenant_id = party and j.id = split_part(c, '.', 10)::uuid and j.attempt = split_part(c, '.', 8)::int and j.status = 'running'
        for share;
    if not found then
        raise exception 'the job is not this attempt''s any more' using errcode = 'TJ001';
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
        where j.tenant_id = party and j.id = split_part(c, '.', 10)::uuid and j.attempt = split_part(c, '.', 8)::int and j.status = 'running';
    if not found then
        raise exception 'the job is not this attempt''s any more' using errcode = 'TJ001';
    end if;
    return true;
end
$$;

drop function tenancy.waiting_tenants(text[], uuid[], int);
create function tenancy.waiting_tenants(after uuid, most int) returns table (tenant_id uuid)
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

create or replace function tenancy.claim_jobs(claimer uuid, tenants uuid[], most bigint[], handlers text[], lease float8)
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

alter function tenancy.complete_jobs(uuid, uuid[], uuid[], bigint[]) reset plan_cache_mode reset enable_seqscan reset enable_hashjoin reset enable_mergejoin;
alter function tenancy.renew_jobs(uuid, uuid[], uuid[], bigint[], float8)
    reset plan_cache_mode reset enable_seqscan reset enable_hashjoin reset enable_mergejoin;
alter function tenancy.promote_jobs(int) reset plan_cache_mode reset enable_seqscan reset enable_hashjoin reset enable_mergejoin;
alter function tenancy.take_lapsed_jobs(int) reset plan_cache_mode reset enable_seqscan reset enable_hashjoin reset enable_mergejoin;

drop index tenancy.jobs_unique;
-- Two of a key may run, one of which is to stop.
update tenancy.jobs set unique_key = null where cancel_requested and finished_at is null;
create unique index jobs_unique on tenancy.jobs (tenant_id, handler, kind, unique_key) where unique_key is not null and finished_at is null;
drop index tenancy.jobs_waiting;
create index jobs_waiting on tenancy.jobs (tenant_id, priority, due_at, id) where status = 'waiting';

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

grant execute on function tenancy.waiting_tenants(uuid, int) to {prefix}_host;
