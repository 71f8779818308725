-- Persons, over all tenants. Nobody reads the tables: the auth handler calls the functions below, one for each kind of access.
set local role {prefix}_owner;

create schema identity;

create table identity.users (
    id uuid primary key,
    email text not null unique check (email = lower(email) and length(email) between 3 and 320 and email like '%_@_%'),
    name text not null check (length(name) between 1 and 200),
    disabled boolean not null default false,
    created_at timestamptz not null default now()
);

create table identity.credentials (
    user_id uuid primary key references identity.users (id) on delete cascade,
    password_hash text not null,
    updated_at timestamptz not null default now()
);

alter table tenancy.memberships add foreign key (user_id) references identity.users (id) on delete cascade;

-- What sign-in needs to check a password. No row for an address that nobody has.
create function identity.credential(email text) returns table (user_id uuid, password_hash text, disabled boolean)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
begin
    return query
        select u.id, c.password_hash, u.disabled
        from identity.users u join identity.credentials c on c.user_id = u.id
        where u.email = credential.email and (only_user is null or u.id = only_user);
end
$$;

-- The tenants of a user, the oldest membership first.
create function identity.memberships(user_id uuid)
    returns table (tenant_id uuid, slug text, name text, role text, epoch int, status text)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
begin
    return query
        select t.id, t.slug, t.name, m.role, m.epoch, t.status
        from tenancy.memberships m join tenancy.tenants t on t.id = m.tenant_id
        where m.user_id = memberships.user_id and (only_user is null or m.user_id = only_user)
        order by m.created_at, t.id;
end
$$;

create function identity.profile(user_id uuid) returns table (email text, name text, created_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
begin
    return query
        select u.email, u.name, u.created_at
        from identity.users u
        where u.id = profile.user_id and (only_user is null or u.id = only_user);
end
$$;

-- Stores a newer hash of the same or a new password. False where the user is unknown or not the context's.
create function identity.set_password_hash(user_id uuid, hash text) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
begin
    update identity.credentials c set password_hash = hash, updated_at = now()
        where c.user_id = set_password_hash.user_id and (only_user is null or c.user_id = only_user);
    return found;
end
$$;

grant usage on schema identity to {prefix}_admin, {prefix}_backup;
grant select, insert, update, delete on identity.users, identity.credentials to {prefix}_admin;
grant select on identity.users, identity.credentials to {prefix}_backup;
