-- Jobs: work that nobody waits for, and timers that make some of it. Hosts claim jobs and call handlers for them; a handler commits the end of a job with
-- its effect, so that a job whose attempt is not the newest any more can commit nothing.
set local role {prefix}_owner;

create table tenancy.jobs (
    -- All zero: the installation's own, of no tenant.
    tenant_id uuid not null,
    -- Also the invocation of the contexts that its attempts run with.
    id uuid not null,
    -- Without an index: rows change much more often than a tenant is erased.
    owner_id uuid generated always as (nullif(tenant_id, '00000000-0000-0000-0000-000000000000')) stored references tenancy.tenants (id) on delete cascade,
    handler text not null check (handler ~ '^[a-z][a-z0-9_]{0,31}$'),
    kind text not null check (kind ~ '^[a-z][a-z0-9_]{0,62}$'),
    -- scheduled: due later; waiting: due; dead: given up, with the evidence; the last three have ended.
    status text not null check (status in ('scheduled', 'waiting', 'paused', 'running', 'completed', 'cancelled', 'dead')),
    -- 1 goes first.
    priority smallint not null default 5 check (priority between 1 and 9),
    due_at timestamptz not null,
    -- Counts who begins it: the fence. Never goes back.
    attempt int not null default 0,
    max_attempts int not null check (max_attempts between 1 and 1000000),
    claimed_by uuid,
    claimed_until timestamptz,
    cancel_requested boolean not null default false,
    -- At most one job of a kind with the same key that has not ended.
    unique_key text check (length(unique_key) between 1 and 255),
    timer text,
    fire_at timestamptz,
    -- 0 to 1.
    progress real check (progress between 0 and 1),
    -- What became of the newest attempts that failed: [{"attempt", "at", "code", "message"}].
    errors jsonb not null default '[]',
    created_at timestamptz not null default clock_timestamp(),
    started_at timestamptz,
    finished_at timestamptz,
    primary key (tenant_id, id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
create index jobs_waiting on tenancy.jobs (tenant_id, priority, due_at, id) where status = 'waiting';
create index jobs_scheduled on tenancy.jobs (due_at) where status = 'scheduled';
create index jobs_running on tenancy.jobs (claimed_until) where status = 'running';
create index jobs_finished on tenancy.jobs (finished_at) where finished_at is not null;
create index jobs_timer on tenancy.jobs (tenant_id, handler, timer) where timer is not null and finished_at is null;
create unique index jobs_unique on tenancy.jobs (tenant_id, handler, kind, unique_key) where unique_key is not null and finished_at is null;

-- What a job is told, and where it stands: the tenant's data. Reached by functions alone, which the policies hold too.
create table tenancy.job_data (
    tenant_id uuid not null,
    job_id uuid not null,
    handler text not null default session_user,
    arguments jsonb check (length(arguments::text) <= 262144),
    checkpoint jsonb check (length(checkpoint::text) <= 262144),
    primary key (tenant_id, job_id),
    foreign key (tenant_id, job_id) references tenancy.jobs (tenant_id, id) on delete cascade
);
select tenancy.protect('tenancy.job_data');
create policy own_handler on tenancy.job_data as restrictive using (handler = session_user::text) with check (handler = session_user::text);

create table tenancy.timers (
    -- All zero: the installation's own.
    tenant_id uuid not null,
    handler text not null,
    name text not null check (name ~ '^[a-z][a-z0-9_]{0,62}$'),
    owner_id uuid generated always as (nullif(tenant_id, '00000000-0000-0000-0000-000000000000')) stored references tenancy.tenants (id) on delete cascade,
    -- As the manifest says it: {"kind", "schedule", "time_zone", "overlap", "catch_up", "spread_seconds", "priority", "max_attempts"}.
    definition jsonb not null,
    -- Null: not reckoned yet.
    next_at timestamptz,
    -- In which zone that was reckoned; another one reckons anew.
    next_zone text,
    last_at timestamptz,
    paused boolean not null default false,
    created_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, handler, name)
);
create index timers_due on tenancy.timers (next_at nulls first) where not paused;

-- Each time that a timer came to, and why it made a job or none. The key lets a time fire once, however many hosts there are.
create table tenancy.timer_occurrences (
    tenant_id uuid not null,
    handler text not null,
    timer text not null,
    fire_at timestamptz not null,
    owner_id uuid generated always as (nullif(tenant_id, '00000000-0000-0000-0000-000000000000')) stored references tenancy.tenants (id) on delete cascade,
    -- fired: there is a job; missed: nobody ran then, and the timer does not catch up with it; overlapped: the job before has not ended; manual: asked for.
    outcome text not null check (outcome in ('fired', 'caught_up', 'missed', 'overlapped', 'manual')),
    -- How many times in a row are behind it that were missed; 1 where it stands for itself.
    times bigint not null default 1,
    job_id uuid,
    decided_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, handler, timer, fire_at),
    foreign key (tenant_id, handler, timer) references tenancy.timers (tenant_id, handler, name) on delete cascade
);
create index timer_occurrences_age on tenancy.timer_occurrences (decided_at);

create schema jobs;

-- The tenant of the context, all zero for one of the system; SQLSTATE 28000 for every other.
create function jobs.party() returns uuid
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    if split_part(current_setting('tenancy.context', true), '.', 3) = 's' then
        perform tenancy.require_system();
        return '00000000-0000-0000-0000-000000000000'::uuid;
    end if;
    return tenancy.tenant_id();
end
$$;

-- The last statement of each transaction of a job: holds the job until the commit, and fails where this attempt is not the newest.
create function jobs.fence() returns boolean
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

-- Ends a job with the transaction that it stands in; fails as the fence does.
create function jobs.complete() returns boolean
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

-- How far a job is, and what its next attempt goes on from. Commits with what it tells of; nulls leave what is there.
create function jobs.advance(progress float8, checkpoint jsonb) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    party uuid := jobs.party();
    own_id uuid := split_part(current_setting('tenancy.context', true), '.', 10)::uuid;
begin
    perform jobs.fence();
    if advance.progress is not null then
        update tenancy.jobs j set progress = least(greatest(advance.progress, 0), 1) where j.tenant_id = party and j.id = own_id;
    end if;
    if advance.checkpoint is not null and party <> '00000000-0000-0000-0000-000000000000' then
        insert into tenancy.job_data as d (tenant_id, job_id, checkpoint) values (party, own_id, advance.checkpoint)
            on conflict on constraint job_data_pkey do update set checkpoint = excluded.checkpoint;
    end if;
    return true;
end
$$;

-- What the job of the context was told, and where the attempt before it stood.
create function jobs.data() returns table (arguments jsonb, checkpoint jsonb)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    party uuid := jobs.party();
begin
    if party = '00000000-0000-0000-0000-000000000000' then
        return;
    end if;
    return query select d.arguments, d.checkpoint from tenancy.job_data d
        where d.tenant_id = party and d.job_id = split_part(current_setting('tenancy.context', true), '.', 10)::uuid;
end
$$;

-- Makes a job of the handler that calls, in its transaction. Where a job with the key has not ended yet it is that one, and nothing is made.
create function jobs.enqueue(id uuid, kind text, arguments jsonb, delay float8, priority int, max_attempts int, unique_key text)
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

grant usage on schema jobs to {prefix}_host, {prefix}_admin, {prefix}_backup;
grant select on tenancy.jobs, tenancy.timers, tenancy.timer_occurrences to {prefix}_admin, {prefix}_backup;
grant select on tenancy.job_data to {prefix}_backup;
