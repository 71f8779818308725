-- lift force: app.kpi_sources
-- What KPIs will be, which of their values are unusual, and which of them have changed since somebody looked.
set local role {prefix}_owner;

-- One row a KPI and frequency: the newest forecast replaces the one before.
create table app.forecasts (
    tenant_id uuid not null,
    id uuid not null,
    business_id uuid not null,
    source_id uuid not null,
    -- The KPI's name.
    metric text not null check (length(metric) between 1 and 200),
    frequency text not null check (length(frequency) between 1 and 20),
    -- [{"time", "mean", "lo80", "hi80", "lo95", "hi95", "trend", "special", "seasons"}], one a step ahead.
    prediction jsonb not null,
    -- 1 less the backtest's absolute errors as a share of the values; null where the KPI is too short for a backtest.
    confidence float8 check (confidence >= 0),
    -- {"history", "models", "backtest", "seasons"}
    report jsonb not null,
    -- Of the values that it was made from; see tenancy.kpi_changes.
    revision bigint not null default 0,
    created_at timestamptz not null default now(),
    primary key (tenant_id, source_id, frequency),
    unique (tenant_id, id),
    foreign key (tenant_id, source_id) references app.kpi_sources (tenant_id, id) on delete cascade
);
create index forecasts_business on app.forecasts (tenant_id, business_id, metric, frequency);
create statistics app.forecasts_business_dependency (dependencies) on tenant_id, business_id from app.forecasts;
comment on column app.forecasts.revision is 'archive: left out; it counts changes within the tenant where it was made';
select tenancy.protect('app.forecasts');

create table app.anomalies (
    tenant_id uuid not null,
    id uuid not null,
    business_id uuid not null,
    source_id uuid not null,
    "timestamp" timestamptz not null,
    -- spike, dip, level_shift, missing …
    kind text not null check (length(kind) between 1 and 32),
    -- low, medium, high
    severity text not null check (length(severity) between 1 and 16),
    -- 1 and above counts; twice as much is twice as far from what was expected.
    score float8 not null,
    -- Null where none came.
    value float8,
    expected float8 not null,
    lower float8 not null,
    upper float8 not null,
    -- A sentence for people.
    explanation text not null check (length(explanation) <= 1000),
    -- When it was said first.
    detected_at timestamptz not null default now(),
    primary key (tenant_id, source_id, "timestamp"),
    unique (tenant_id, id),
    foreign key (tenant_id, source_id) references app.kpi_sources (tenant_id, id) on delete cascade
);
create index anomalies_business on app.anomalies (tenant_id, business_id, "timestamp", id);
create statistics app.anomalies_business_dependency (dependencies) on tenant_id, business_id from app.anomalies;
select tenancy.protect('app.anomalies');

-- Read by business for all days: without this the planner expects too few.
create statistics app.weather_data_business (dependencies) on tenant_id, business_id from app.weather_data;

-- How often the values of a KPI have changed, counted by transactions, and which of that was looked at for unusual ones.
create table tenancy.kpi_changes (
    tenant_id uuid not null,
    source_id uuid not null,
    revision bigint not null default 1,
    -- The revision at which the newest look began, and the newest one whose findings stand.
    taken bigint not null default 0,
    judged bigint not null default 0,
    changed_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, source_id),
    foreign key (tenant_id, source_id) references app.kpi_sources (tenant_id, id) on delete cascade
) with (fillfactor = 70);
insert into tenancy.kpi_changes (tenant_id, source_id) select s.tenant_id, s.id from app.kpi_sources s;

-- Ordered by time (RFC 9562, section 5.7), as ids of jobs are.
create function tenancy.uuid_v7() returns uuid
    language sql volatile set search_path = pg_catalog, pg_temp as $$
    select encode(
        set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- KPIs that a transaction has touched, counted when it commits: writers of one KPI wait for each other only then, and in one order. Its rows go with the
-- transaction that made them.
create table tenancy.kpi_touches (
    backend int not null default pg_backend_pid(),
    begun timestamptz not null default transaction_timestamp(),
    tenant_id uuid not null references tenancy.tenants on delete cascade,
    source_id uuid not null,
    is_removal boolean not null,
    primary key (tenant_id, backend, begun, source_id)
);

-- Values of KPIs came, changed or went, whatever the way in. Where a tenant goes, nobody looks any more.
create function tenancy.note_values() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into tenancy.kpi_touches as k (tenant_id, source_id, is_removal)
        select distinct c.tenant_id, c.source_id, tg_op = 'DELETE' from changed c
        where tg_op <> 'DELETE' or exists (select from tenancy.tenants t where t.id = c.tenant_id and t.status <> 'deleting')
        on conflict on constraint kpi_touches_pkey do update set is_removal = false where k.is_removal and not excluded.is_removal;
    return null;
end
$$;

-- At the commit: a job that looks for unusual values soon, in the same transaction. One a KPI waits at most; one that runs has begun to look before, so
-- another one is made beside it: its key names the look before.
create function tenancy.settle_touches() returns trigger
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
create constraint trigger settle after insert on tenancy.kpi_touches
    deferrable initially deferred for each row execute function tenancy.settle_touches();

create trigger values_added after insert on app.kpi_data referencing new table as changed
    for each statement execute function tenancy.note_values();
create trigger values_changed after update on app.kpi_data referencing new table as changed
    for each statement execute function tenancy.note_values();
create trigger values_removed after delete on app.kpi_data referencing old table as changed
    for each statement execute function tenancy.note_values();

-- For a job that looks for unusual values: which KPI it looks at, and at which revision. What changes from now on makes another job.
create function tenancy.take_kpi_change() returns table (source_id uuid, revision bigint)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    tenant uuid := tenancy.tenant_id();
    own_id uuid := split_part(current_setting('tenancy.context', true), '.', 10)::uuid;
    source uuid;
begin
    select split_part(j.unique_key, '/', 1)::uuid into source from tenancy.jobs j
        where j.tenant_id = tenant and j.id = own_id and j.handler = 'forecasts' and j.kind = 'detect_anomalies';
    return query
        update tenancy.kpi_changes k set taken = k.revision where k.tenant_id = tenant and k.source_id = source
        returning k.source_id, k.revision;
end
$$;

-- Findings at a revision are about to stand. False where newer ones do, or the KPI is gone.
create function tenancy.judge_kpi(source uuid, revision bigint) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    update tenancy.kpi_changes k set judged = judge_kpi.revision
        where k.tenant_id = tenant and k.source_id = judge_kpi.source and k.judged <= judge_kpi.revision;
    return found;
end
$$;

-- The revisions of the context's tenant's KPIs.
create function tenancy.kpi_revisions() returns table (source_id uuid, revision bigint)
    language plpgsql stable security definer rows 200 set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query select k.source_id, k.revision from tenancy.kpi_changes k where k.tenant_id = tenant;
end
$$;

grant select on tenancy.kpi_changes to {prefix}_admin, {prefix}_backup;
