set local role {prefix}_owner;

alter default privileges for role {prefix}_owner in schema app revoke select on tables from {prefix}_backup;
drop schema app cascade;
