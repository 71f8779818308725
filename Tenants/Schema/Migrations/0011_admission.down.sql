set local role {prefix}_owner;

alter table tenancy.tenants drop column weight;
