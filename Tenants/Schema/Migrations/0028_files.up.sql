-- Files of business users, what was read of them, and how they became values of KPIs.
set local role {prefix}_owner;

-- Counts changes of a tenant's files and imports. Whoever changes one takes the next number and holds the row until its commit, so that numbers become
-- visible in their order and a listener misses none.
create table app.file_clock (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    position bigint not null,
    primary key (tenant_id)
);

create table app.files (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    id uuid not null,
    user_id uuid not null,
    name text not null check (length(name) between 1 and 255),
    -- As the sender called it.
    original_name text not null check (length(original_name) between 1 and 255),
    mime_type text not null check (length(mime_type) <= 255),
    -- Null until all of its bytes are kept.
    size bigint check (size >= 0),
    sha256 bytea check (length(sha256) = 32),
    -- What its bytes say it is, for example csv or xlsx; null until that is known.
    kind text check (kind ~ '^[a-z][a-z0-9_.]{0,31}$'),
    status text not null default 'pending' check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled')),
    -- How much of it was looked at.
    bytes_read bigint not null default 0 check (bytes_read >= 0),
    -- Counts who begins to read it: who is not the newest any more may write nothing about it.
    attempt int not null default 0,
    -- Why it failed: {"code", "message", "errors"}.
    error jsonb,
    -- What its owner knows better than the reader.
    overrides jsonb not null default '{}' check (jsonb_typeof(overrides) = 'object' and length(overrides::text) <= 16384),
    -- What was found: its tables with their shape, columns, statistics and the suggested mapping.
    report jsonb,
    -- Becomes values of this business by the suggested mapping once it was read; null: when asked.
    import_into uuid,
    metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object' and length(metadata::text) <= 16384),
    position bigint not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, sha256)
);
create index files_position on app.files (tenant_id, position);
select tenancy.protect('app.files');
select tenancy.protect('app.file_clock');

-- One run of a file's rows into values. What it wrote carries its id; what that replaced stands beside it, so that it can be taken back.
create table app.imports (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    id uuid not null,
    -- Null once the file is removed.
    file_id uuid,
    file_name text not null check (length(file_name) between 1 and 255),
    user_id uuid not null,
    status text not null default 'pending'
        check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled', 'undone')),
    -- Looks what would become of it, and stores no value.
    dry_run boolean not null,
    mapping jsonb not null check (jsonb_typeof(mapping) = 'object' and length(mapping::text) <= 262144),
    attempt int not null default 0,
    -- Asked to stop; whoever runs it looks now and then.
    cancel_requested boolean not null default false,
    error jsonb,
    -- Counts, series and times.
    result jsonb,
    position bigint not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, file_id) references app.files (tenant_id, id) on delete set null (file_id)
);
create index imports_file on app.imports (tenant_id, file_id);
create index imports_position on app.imports (tenant_id, position);
select tenancy.protect('app.imports');

-- Which sources an import wrote to, and which of them it made.
create table app.import_sources (
    tenant_id uuid not null,
    import_id uuid not null,
    source_id uuid not null,
    is_new boolean not null,
    primary key (tenant_id, import_id, source_id),
    foreign key (tenant_id, import_id) references app.imports (tenant_id, id) on delete cascade,
    foreign key (tenant_id, source_id) references app.kpi_sources (tenant_id, id) on delete cascade
);
create index import_sources_source on app.import_sources (tenant_id, source_id);
select tenancy.protect('app.import_sources');

-- What an import replaced. The value before it, and which import that one came from.
create table app.import_replaced (
    tenant_id uuid not null,
    import_id uuid not null,
    source_id uuid not null,
    "timestamp" timestamptz not null,
    value float8 not null,
    metadata jsonb,
    previous_import_id uuid,
    primary key (tenant_id, import_id, source_id, "timestamp"),
    foreign key (tenant_id, import_id) references app.imports (tenant_id, id) on delete cascade,
    foreign key (tenant_id, source_id) references app.kpi_sources (tenant_id, id) on delete cascade
);
create index import_replaced_previous on app.import_replaced (tenant_id, previous_import_id) where previous_import_id is not null;
create index import_replaced_source on app.import_replaced (tenant_id, source_id);
select tenancy.protect('app.import_replaced');

-- Rows that an import left out, with what was wrong; the first ones, all are counted.
create table app.import_refusals (
    tenant_id uuid not null,
    import_id uuid not null,
    number int not null,
    -- The row in the table, from 1 below its header, and the line of the file where it begins; of a workbook the row of the sheet.
    row bigint not null,
    line bigint not null,
    -- The column that was at fault; null where it is the row.
    field text check (length(field) <= 1024),
    reason text not null check (length(reason) <= 1024),
    -- The row's fields as they stand there.
    fields jsonb not null,
    primary key (tenant_id, import_id, number),
    foreign key (tenant_id, import_id) references app.imports (tenant_id, id) on delete cascade
);
select tenancy.protect('app.import_refusals');

-- Which import a value came from; null for all other ways in, and once another way in has replaced it.
alter table app.kpi_data add column import_id uuid;

comment on table app.files is 'archive: left out; its bytes lie outside of the database';
comment on table app.file_clock is 'archive: left out; it counts changes of files, which are left out';
comment on column app.kpi_data.import_id is 'archive: left out; imports belong to files, which are left out';

-- What is to be done with files when nobody waits for it. The host claims it and calls the handler for the tenant; a row is gone when it is done.
create table tenancy.file_work (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    -- read: a file; import: an import; remove: an object whose file is gone, or was never whole.
    kind text not null check (kind in ('read', 'import', 'remove')),
    id uuid not null,
    due_at timestamptz not null,
    claimed_by uuid,
    claimed_until timestamptz not null default '-infinity',
    -- How often it was begun.
    attempts int not null default 0,
    primary key (tenant_id, kind, id)
);
create index file_work_due on tenancy.file_work (due_at);

-- For handlers: something of the context's tenant is to be done, from so many seconds on. Asked again it begins anew.
create function tenancy.add_file_work(kind text, id uuid, delay float8) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    insert into tenancy.file_work as w (tenant_id, kind, id, due_at)
        values (tenant, add_file_work.kind, add_file_work.id,
            clock_timestamp() + make_interval(secs => least(greatest(add_file_work.delay, 0), 604800)))
        on conflict on constraint file_work_pkey
        do update set due_at = excluded.due_at, claimed_by = null, claimed_until = '-infinity', attempts = 0;
    return true;
end
$$;

-- For handlers: it is done, or not to be done any more.
create function tenancy.drop_file_work(kind text, id uuid) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    delete from tenancy.file_work w where w.tenant_id = tenant and w.kind = drop_file_work.kind and w.id = drop_file_work.id;
    return found;
end
$$;

-- For the host: the work that is due longest, of tenants for which nothing else is under way. The lease is to be renewed; who dies loses it.
create function tenancy.claim_file_work(claimer uuid, lease interval, most int)
    returns table (tenant_id uuid, kind text, id uuid, attempt int)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
        with due as (
            select distinct on (w.tenant_id) w.tenant_id, w.kind, w.id, w.due_at
            from tenancy.file_work w join tenancy.tenants t on t.id = w.tenant_id
            where w.due_at <= clock_timestamp() and w.claimed_until <= clock_timestamp() and t.status = 'active'
                and not exists (select from tenancy.file_work o where o.tenant_id = w.tenant_id and o.claimed_until > clock_timestamp())
            order by w.tenant_id, w.due_at, w.kind, w.id
        ), chosen as (
            select w.tenant_id, w.kind, w.id from tenancy.file_work w join due d on d.tenant_id = w.tenant_id and d.kind = w.kind and d.id = w.id
            order by d.due_at limit claim_file_work.most for update of w skip locked
        )
        update tenancy.file_work w
        set claimed_by = claim_file_work.claimer, claimed_until = clock_timestamp() + claim_file_work.lease, attempts = w.attempts + 1
        from chosen c
        where w.tenant_id = c.tenant_id and w.kind = c.kind and w.id = c.id and w.claimed_until <= clock_timestamp()
        returning w.tenant_id, w.kind, w.id, w.attempts;
end
$$;

-- Still at it. False for who has lost the claim, or where the work is gone.
create function tenancy.renew_file_work(tenant uuid, kind text, id uuid, claimer uuid, lease interval) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    update tenancy.file_work w set claimed_until = clock_timestamp() + lease
        where w.tenant_id = tenant and w.kind = renew_file_work.kind and w.id = renew_file_work.id and w.claimed_by = claimer;
    return found;
end
$$;

-- It is done; or, with a delay in seconds, it failed and is tried again then.
create function tenancy.end_file_work(tenant uuid, kind text, id uuid, claimer uuid, again float8) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    if again is null then
        delete from tenancy.file_work w
            where w.tenant_id = tenant and w.kind = end_file_work.kind and w.id = end_file_work.id and w.claimed_by = claimer;
    else
        update tenancy.file_work w
            set claimed_by = null, claimed_until = '-infinity', due_at = clock_timestamp() + make_interval(secs => end_file_work.again)
            where w.tenant_id = tenant and w.kind = end_file_work.kind and w.id = end_file_work.id and w.claimed_by = claimer;
    end if;
    return found;
end
$$;

grant execute on function tenancy.claim_file_work(uuid, interval, int), tenancy.renew_file_work(uuid, text, uuid, uuid, interval),
    tenancy.end_file_work(uuid, text, uuid, uuid, float8) to {prefix}_host;
grant select on tenancy.file_work to {prefix}_admin, {prefix}_backup;
