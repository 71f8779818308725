-- Recorded invocations: ciphertext, sealed for the tenant with a key that the database does not hold. The host writes and expires them and cannot
-- read them back; the command line reads them as the installer.
set local role {prefix}_owner;

create table tenancy.recordings (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    invocation_id uuid not null,
    handler text not null,
    route text not null,
    request_id text not null,
    ending text not null check (ending in ('failed', 'answered', 'died')),
    status int not null,
    code text not null,
    recorded_at timestamptz not null default now(),
    sealed bytea not null check (length(sealed) <= 2097152),
    primary key (tenant_id, invocation_id)
);
create index recordings_invocation on tenancy.recordings (invocation_id);
create index recordings_age on tenancy.recordings (recorded_at);
create index recordings_newest on tenancy.recordings (tenant_id, recorded_at);

grant insert, delete, select (tenant_id, invocation_id, recorded_at) on tenancy.recordings to {prefix}_host;
grant select, delete on tenancy.recordings to {prefix}_admin;
grant select on tenancy.recordings to {prefix}_backup;
