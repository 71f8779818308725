-- What tenants own. tenant_id stands first in every key, so that no index, constraint or cascade ever crosses tenants.
set local role {prefix}_owner;

create schema app;

create table app.businesses (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    id uuid not null,
    user_id uuid,
    name text not null check (length(name) between 1 and 200),
    industry text check (length(industry) <= 200),
    location text check (length(location) <= 200),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, id)
);

create table app.kpi_sources (
    tenant_id uuid not null,
    id uuid not null,
    business_id uuid not null,
    name text not null check (length(name) between 1 and 200),
    type text not null check (type in ('upload', 'manual', 'api')),
    unit text check (length(unit) <= 50),
    config jsonb not null default '{}',
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, business_id, name),
    foreign key (tenant_id, business_id) references app.businesses (tenant_id, id) on delete cascade
);

create table app.kpi_data (
    tenant_id uuid not null,
    source_id uuid not null,
    "timestamp" timestamptz not null,
    value float8 not null,
    metadata jsonb,
    primary key (tenant_id, source_id, "timestamp"),
    foreign key (tenant_id, source_id) references app.kpi_sources (tenant_id, id) on delete cascade
);

-- A source belongs to one tenant: without this the planner multiplies both filters and expects a row where there are hundreds.
create statistics app.kpi_sources_business (dependencies) on tenant_id, business_id from app.kpi_sources;
create statistics app.kpi_data_source (dependencies) on tenant_id, source_id from app.kpi_data;

select tenancy.protect('app.businesses');
select tenancy.protect('app.kpi_sources');
select tenancy.protect('app.kpi_data');

grant usage on schema app to {prefix}_backup;
grant select on all tables in schema app to {prefix}_backup;
alter default privileges for role {prefix}_owner in schema app grant select on tables to {prefix}_backup;
