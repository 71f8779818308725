-- Keys that seal what is a tenant's. Each lies here wrapped by a master key that the database does not hold; once a tenant's rows are gone, nothing that
-- they sealed can be read again, wherever a copy lies.
set local role {prefix}_owner;

create table tenancy.data_keys (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    version int not null check (version > 0),
    wrapped bytea not null check (length(wrapped) between 16 and 4096),
    -- The version of the master key that wraps it, as its holder names it.
    master_id text not null check (length(master_id) between 1 and 200),
    created_at timestamptz not null default now(),
    -- When the next version was made, which seals from a minute later on.
    retired_at timestamptz,
    primary key (tenant_id, version)
);
create index data_keys_master on tenancy.data_keys (master_id, tenant_id, version);

grant select on tenancy.data_keys to {prefix}_host, {prefix}_admin, {prefix}_backup;
grant insert (tenant_id, version, wrapped, master_id), update (wrapped, master_id, retired_at) on tenancy.data_keys to {prefix}_host, {prefix}_admin;
