-- The roles of one installation, and the record of its migrations. Roles belong to the whole server, so several databases may share them:
-- making one twice is no error. None may sign in yet: passwords are set apart from migrations, so that none is ever written in a file of SQL.
do $$
declare
    name text;
begin
    foreach name in array array['owner', 'migrator', 'host', 'admin', 'backup'] loop
        if not exists (select from pg_catalog.pg_roles where rolname = '{prefix}_' || name) then
            execute pg_catalog.format('create role %I nologin nosuperuser nocreatedb nocreaterole noreplication', '{prefix}_' || name);
        end if;
    end loop;
    -- An installer without superuser rights must be a member to act as the owner.
    if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
        execute pg_catalog.format('grant {prefix}_owner to %I', current_user);
    end if;
    execute pg_catalog.format('grant create, connect on database %I to {prefix}_owner', pg_catalog.current_database());
    execute pg_catalog.format('grant connect on database %I to {prefix}_migrator, {prefix}_host, {prefix}_admin, {prefix}_backup',
        pg_catalog.current_database());
end
$$;

do $$
begin
    if not pg_catalog.pg_has_role('{prefix}_migrator', '{prefix}_owner', 'member') then
        grant {prefix}_owner to {prefix}_migrator;
    end if;
end
$$;

-- Hardening takes these from everybody else.
grant usage on language plpgsql, sql to {prefix}_owner;

-- What the owner makes is nobody else's until it is granted.
alter default privileges for role {prefix}_owner revoke execute on functions from public;
alter default privileges for role {prefix}_owner revoke usage on types from public;

set local role {prefix}_owner;

create schema tenancy;

-- Applied migrations, one numbered series a set: "core", and one of each handler's own.
create table tenancy.migrations (
    series text not null,
    version int not null check (version > 0),
    name text not null,
    checksum text not null check (checksum ~ '^[0-9a-f]{64}$'),
    applied_at timestamptz not null default now(),
    applied_by text not null default session_user,
    primary key (series, version)
);
