set local role {prefix}_owner;

drop function tenancy.record_step(int, text, text);
drop function tenancy.forget_step(int);
alter table tenancy.handlers drop version, drop source, drop switched_at;
