-- Who may do what: tenants' own roles, API keys, sessions that ended early, and users who are switched off.
set local role {prefix}_owner;

-- A tenant's own roles. A role's name never changes, since memberships say it.
create table tenancy.roles (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    name text not null check (name ~ '^[a-z][a-z0-9_-]{0,31}$' and name not in ('owner', 'admin', 'analyst', 'viewer', 'none')),
    description text not null default '' check (length(description) <= 500),
    scopes text[] not null check (cardinality(scopes) between 1 and 100 and array_position(scopes, null) is null),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tenant_id, name)
);

-- Null for the roles that every tenant has. A role that somebody has cannot be deleted, whoever deletes it.
alter table tenancy.memberships
    drop constraint memberships_role_check,
    add custom_role text generated always as (case when role in ('owner', 'admin', 'analyst', 'viewer') then null else role end) stored,
    add foreign key (tenant_id, custom_role) references tenancy.roles (tenant_id, name),
    -- The user is switched off: nothing of theirs opens this tenant.
    add disabled boolean not null default false;
create index memberships_custom_role on tenancy.memberships (tenant_id, custom_role) where custom_role is not null;

-- A key acts for who made it, within its scopes and never beyond what its maker may do at that moment.
create table tenancy.api_keys (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    id uuid not null,
    -- What is shown of it.
    prefix text not null check (prefix ~ '^[a-z0-9]{8}$'),
    -- SHA-256 of all of its text.
    hash bytea not null unique check (length(hash) = 32),
    name text not null check (length(name) between 1 and 100),
    scopes text[] not null check (cardinality(scopes) between 1 and 100 and array_position(scopes, null) is null),
    created_by uuid not null,
    created_at timestamptz not null default now(),
    -- Null: it does not expire.
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    primary key (tenant_id, id)
);
create index api_keys_maker on tenancy.api_keys (tenant_id, created_by) where revoked_at is null;

-- Sessions that ended before their last access token did. Kept for an hour, which no access token outlives.
create table tenancy.revoked_sessions (
    session_id uuid primary key,
    user_id uuid not null,
    revoked_at timestamptz not null default now()
);
create index revoked_sessions_user on tenancy.revoked_sessions (user_id, revoked_at);
create index revoked_sessions_age on tenancy.revoked_sessions (revoked_at);

-- Who leaves a tenant leaves no key behind, also for the day on which they come back.
create function tenancy.revoke_keys_of_leaver() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    update tenancy.api_keys k set revoked_at = now()
        where k.tenant_id = old.tenant_id and k.created_by = old.user_id and k.revoked_at is null;
    return null;
end
$$;
create trigger revoke_keys after delete on tenancy.memberships for each row execute function tenancy.revoke_keys_of_leaver();

-- For functions that end sessions: its tokens are refused from the next call on. Rare, so it may notify.
create function tenancy.end_session(session uuid, member uuid, tenant uuid) returns void
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
    insert into tenancy.revoked_sessions (session_id, user_id) values (session, member) on conflict do nothing;
    perform pg_notify('tenancy_changed', tenant::text);
end
$$;

-- True in a context of the kind system; see 0003_context for the form of the text and of its check.
create function tenancy.require_system() returns boolean
    language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
declare
    c text := current_setting('tenancy.context', true);
    signed boolean;
begin
    select sha256(convert_to(encode(sha256(outer_pad || sha256(inner_pad || convert_to(left(c, -65), 'UTF8'))), 'hex'), 'UTF8'))
            = sha256(convert_to(split_part(c, '.', 11), 'UTF8'))
        into signed from tenancy.keys where label = split_part(c, '.', 2);
    if signed and split_part(c, '.', 1) = 'tc1' and split_part(c, '.', 3) = 's' and session_user = '{prefix}_h_' || split_part(c, '.', 7)
        and clock_timestamp() < to_timestamp(split_part(c, '.', 9)::float8 / 1e6)
    then
        return true;
    end if;
    raise exception 'no valid context' using errcode = '28000';
end
$$;
comment on function tenancy.require_system() is 'For functions that the host''s own calls use before a tenant is known; SQLSTATE 28000 otherwise.';

create function tenancy.list_roles()
    returns table (name text, description text, scopes text[], members bigint, created_at timestamptz, updated_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select r.name, r.description, r.scopes,
            (select count(*) from tenancy.memberships m where m.tenant_id = tenant and m.custom_role = r.name), r.created_at, r.updated_at
        from tenancy.roles r where r.tenant_id = tenant order by r.name;
end
$$;

-- created, exists, or full: a tenant has at most 100 of its own. The tenant's row is the gate, so that two at once count each other.
create function tenancy.create_role(name text, description text, scopes text[]) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    perform from tenancy.tenants t where t.id = tenant for no key update;
    if exists (select from tenancy.roles r where r.tenant_id = tenant and r.name = create_role.name) then
        return 'exists';
    end if;
    if (select count(*) from tenancy.roles r where r.tenant_id = tenant) >= 100 then
        return 'full';
    end if;
    insert into tenancy.roles (tenant_id, name, description, scopes)
        values (tenant, create_role.name, create_role.description, create_role.scopes);
    return 'created';
end
$$;

-- Whether there is such a role. Its members' rights change with their next call.
create function tenancy.change_role(name text, description text, scopes text[]) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    update tenancy.roles r set description = change_role.description, scopes = change_role.scopes, updated_at = now()
        where r.tenant_id = tenant and r.name = change_role.name;
    if found then
        perform pg_notify('tenancy_changed', tenant::text);
        return true;
    end if;
    return false;
end
$$;

-- deleted, used or unknown.
create function tenancy.delete_role(name text) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    delete from tenancy.roles r where r.tenant_id = tenant and r.name = delete_role.name;
    return case when found then 'deleted' else 'unknown' end;
exception when foreign_key_violation then
    return 'used';
end
$$;

-- The newest first.
create function tenancy.list_api_keys()
    returns table (id uuid, prefix text, name text, scopes text[], created_by uuid, created_at timestamptz, expires_at timestamptz,
        last_used_at timestamptz, revoked_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select k.id, k.prefix, k.name, k.scopes, k.created_by, k.created_at, k.expires_at, k.last_used_at, k.revoked_at
        from tenancy.api_keys k where k.tenant_id = tenant order by k.created_at desc, k.id limit 1000;
end
$$;

-- Makes a key of the context's user. Whether there was room: a tenant has at most 200 that are neither revoked nor expired; of the others the
-- oldest make room where there are more than 500.
create function tenancy.create_api_key(id uuid, prefix text, hash bytea, name text, scopes text[], expires_at timestamptz) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    maker uuid := tenancy.user_id();
begin
    perform from tenancy.tenants t where t.id = tenant for no key update;
    if (select count(*) from tenancy.api_keys k
            where k.tenant_id = tenant and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())) >= 200 then
        return false;
    end if;
    delete from tenancy.api_keys k using (
        select o.id from tenancy.api_keys o where o.tenant_id = tenant and (o.revoked_at is not null or o.expires_at <= now())
        order by o.created_at desc offset 500) gone
        where k.tenant_id = tenant and k.id = gone.id;
    insert into tenancy.api_keys (tenant_id, id, prefix, hash, name, scopes, created_by, expires_at)
        values (tenant, create_api_key.id, create_api_key.prefix, create_api_key.hash, create_api_key.name, create_api_key.scopes, maker,
            create_api_key.expires_at);
    return true;
end
$$;

-- Whether there is such a key. It opens nothing from the next call on.
create function tenancy.revoke_api_key(id uuid) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    update tenancy.api_keys k set revoked_at = coalesce(k.revoked_at, now()) where k.tenant_id = tenant and k.id = revoke_api_key.id;
    if found then
        perform pg_notify('tenancy_changed', tenant::text);
        return true;
    end if;
    return false;
end
$$;

grant select (tenant_id, name, scopes) on tenancy.roles to {prefix}_host;
grant select (tenant_id, id, hash, scopes, created_by, expires_at, last_used_at, revoked_at), update (last_used_at) on tenancy.api_keys to {prefix}_host;
grant select, delete on tenancy.revoked_sessions to {prefix}_host;
grant select on tenancy.roles, tenancy.api_keys to {prefix}_admin;
grant select on tenancy.roles, tenancy.api_keys, tenancy.revoked_sessions to {prefix}_backup;
