-- What a comparable service without a signed context has: the same keys and indexes, and a policy on a plain setting.
-- psql variable: password.
create role bench_peer login password :'password';
create schema peer;

create table peer.businesses (
    tenant_id uuid not null, id uuid not null, user_id uuid, name text not null, industry text, location text,
    created_at timestamptz not null, updated_at timestamptz not null,
    primary key (tenant_id, id));
create table peer.kpi_sources (
    tenant_id uuid not null, id uuid not null, business_id uuid not null, name text not null, type text not null, unit text,
    config jsonb not null, created_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, business_id) references peer.businesses on delete cascade,
    unique (tenant_id, business_id, name));
create table peer.kpi_data (
    tenant_id uuid not null, source_id uuid not null, "timestamp" timestamptz not null, value float8 not null, metadata jsonb,
    primary key (tenant_id, source_id, "timestamp"),
    foreign key (tenant_id, source_id) references peer.kpi_sources on delete cascade);

create statistics peer.kpi_sources_business (dependencies) on tenant_id, business_id from peer.kpi_sources;
create statistics peer.kpi_data_source (dependencies) on tenant_id, source_id from peer.kpi_data;

do $$
declare name text;
begin
    foreach name in array array['businesses', 'kpi_sources', 'kpi_data'] loop
        execute format('alter table peer.%I enable row level security', name);
        execute format('alter table peer.%I force row level security', name);
        execute format('create policy tenant on peer.%I using (tenant_id = current_setting(''app.tenant_id'')::uuid) '
                       'with check (tenant_id = current_setting(''app.tenant_id'')::uuid)', name);
    end loop;
end $$;

grant usage on schema peer to bench_peer;
grant select on all tables in schema peer to bench_peer;
