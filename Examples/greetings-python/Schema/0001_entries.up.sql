-- What the example keeps: a tenant's greetings, by name. The schema `greetings` is made for the package when it is installed.
create table greetings.entries (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    name text not null check (length(name) between 1 and 100),
    text text not null check (length(text) between 1 and 1000),
    created_at timestamptz not null default now(),
    primary key (tenant_id, name)
);

select tenancy.protect('greetings.entries');
