set local role {prefix}_owner;

drop table tenancy.usage, tenancy.usage_writers;
