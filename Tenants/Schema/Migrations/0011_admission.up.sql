-- The share of each tenant where it competes with others for a handler; 100 is an ordinary one.
set local role {prefix}_owner;

alter table tenancy.tenants add column weight int not null default 100 check (weight between 1 and 10000);

grant select (weight) on tenancy.tenants to {prefix}_host;
