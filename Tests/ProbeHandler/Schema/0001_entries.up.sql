-- What the probe keeps: numbered texts of a tenant.
set local role {prefix}_owner;

create schema probe;

create table probe.entries (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    number bigint not null check (number > 0),
    text text not null check (length(text) <= 200),
    primary key (tenant_id, number)
);

select tenancy.protect('probe.entries');

grant usage on schema probe to {prefix}_backup;
grant select on probe.entries to {prefix}_backup;
