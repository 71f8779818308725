-- What each tenant's invocations used, by handler and hour. The gateways add to it; a deleted tenant's sums stay.
set local role {prefix}_owner;

create table tenancy.usage (
    -- All zero for calls before a tenant is known.
    tenant_id uuid not null,
    handler text not null,
    hour timestamptz not null,
    invocations bigint not null,
    errors bigint not null,
    cpu_us bigint not null,
    database_us bigint not null,
    rows bigint not null,
    database_bytes bigint not null,
    request_bytes bigint not null,
    answer_bytes bigint not null,
    primary key (tenant_id, handler, hour)
);

-- The number of the last batch that each run of a gateway has written: one that comes twice counts once.
create table tenancy.usage_writers (
    writer uuid primary key,
    batch bigint not null check (batch > 0),
    written_at timestamptz not null default now()
);

grant select, insert on tenancy.usage to {prefix}_host;
grant update (invocations, errors, cpu_us, database_us, rows, database_bytes, request_bytes, answer_bytes) on tenancy.usage to {prefix}_host;
grant select (writer, batch), insert (writer, batch), update (batch, written_at) on tenancy.usage_writers to {prefix}_host;
grant select on tenancy.usage to {prefix}_admin;
grant select on tenancy.usage, tenancy.usage_writers to {prefix}_backup;
