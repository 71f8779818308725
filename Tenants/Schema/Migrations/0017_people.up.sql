-- People: what they say of themselves, and who belongs to a tenant. Handlers call the functions below; tenant and user come from the context.
set local role {prefix}_owner;

-- A revision grows with each change, so that of two editors the second learns of the first.
alter table identity.users
    add locale text check (locale ~ '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$'),
    add time_zone text check (length(time_zone) <= 64),
    add avatar_url text check (avatar_url ~ '^https://[^[:space:][:cntrl:]]+$' and length(avatar_url) <= 500),
    add revision int not null default 1;

create table identity.preferences (
    user_id uuid primary key references identity.users (id) on delete cascade,
    preferences jsonb not null check (jsonb_typeof(preferences) = 'object'),
    revision int not null default 1
);

-- A place in a tenant that waits for whoever reads the mail of an address. The newest for an address counts.
create table tenancy.invitations (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    id uuid not null,
    email text not null check (email = lower(email) and length(email) between 3 and 320),
    role text not null check (length(role) <= 32),
    -- SHA-256 of the secret in the mail.
    hash bytea not null unique check (length(hash) = 32),
    -- All zero where a machine invited.
    invited_by uuid not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    accepted_at timestamptz,
    accepted_by uuid,
    primary key (tenant_id, id)
);
create unique index invitations_open on tenancy.invitations (tenant_id, email) where accepted_at is null;

create index memberships_order on tenancy.memberships (tenant_id, created_at, user_id);

create function identity.own_profile()
    returns table (user_id uuid, email text, name text, locale text, time_zone text, avatar_url text, revision int, created_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
begin
    return query
        select u.id, u.email, u.name, u.locale, u.time_zone, u.avatar_url, u.revision, u.created_at from identity.users u where u.id = person;
end
$$;

-- expected: the revision that was read, null for any. outcome: changed, outdated, unknown_time_zone.
create function identity.change_profile(name text, locale text, time_zone text, avatar_url text, expected int) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
begin
    if time_zone is not null and not exists (select from pg_timezone_names z where z.name = change_profile.time_zone) then
        return 'unknown_time_zone';
    end if;
    update identity.users u
        set name = change_profile.name, locale = change_profile.locale, time_zone = change_profile.time_zone,
            avatar_url = change_profile.avatar_url, revision = u.revision + 1
        where u.id = person and (expected is null or u.revision = expected);
    return case when found then 'changed' else 'outdated' end;
end
$$;

create function identity.own_preferences() returns table (preferences jsonb, revision int)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
begin
    return query
        select coalesce(p.preferences, '{}'), coalesce(p.revision, 0)
        from (values (1)) one left join identity.preferences p on p.user_id = person;
end
$$;

-- The new revision; null where another one than the expected is there.
create function identity.change_preferences(preferences jsonb, expected int) returns int
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
    newest int;
begin
    insert into identity.preferences as p (user_id, preferences)
        select person, change_preferences.preferences
        where coalesce(expected, 0) = 0 or exists (select from identity.preferences o where o.user_id = person)
        on conflict on constraint preferences_pkey do update set preferences = excluded.preferences, revision = p.revision + 1
            where expected is null or p.revision = expected
        returning p.revision into newest;
    return newest;
end
$$;

-- The tenant's members, the oldest first, behind a place in that order.
create function tenancy.members(after timestamptz, after_user uuid, most int)
    returns table (user_id uuid, email text, name text, avatar_url text, role text, joined_at timestamptz, disabled boolean, second_factor boolean)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select u.id, u.email, u.name, u.avatar_url, m.role, m.created_at, u.disabled, identity.has_second_factor(u.id)
        from tenancy.memberships m join identity.users u on u.id = m.user_id
        where m.tenant_id = tenant and (m.created_at, m.user_id) > (members.after, members.after_user)
        order by m.created_at, m.user_id
        limit least(most, 201);
end
$$;

-- Whether a role can be given here: one that every tenant has, or one of the tenant's own.
create function tenancy.has_role(tenant uuid, role text) returns boolean
    language sql stable set search_path = pg_catalog, pg_temp as $$
    select role in ('owner', 'admin', 'analyst', 'viewer') or exists (select from tenancy.roles r where r.tenant_id = tenant and r.name = role)
$$;

-- Gives a member another role, from the next call on. outcome: changed, same, unknown (no such member), unknown_role, owners_only (an owner is made
-- or demoted, and the context's user is none), last_owner. The tenant's row is the gate, so that two at once count each other's owners.
create function tenancy.change_member(member uuid, new_role text) returns table (outcome text, old_role text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    asks uuid := tenancy.user_id();
    present text;
begin
    perform from tenancy.tenants t where t.id = tenant for no key update;
    select m.role into present from tenancy.memberships m where m.tenant_id = tenant and m.user_id = member for update;
    if not found then
        return query select 'unknown', null::text;
    elsif not tenancy.has_role(tenant, new_role) then
        return query select 'unknown_role', present;
    elsif 'owner' in (present, new_role)
        and not exists (select from tenancy.memberships m where m.tenant_id = tenant and m.user_id = asks and m.role = 'owner')
    then
        return query select 'owners_only', present;
    elsif present = new_role then
        return query select 'same', present;
    elsif present = 'owner'
        and not exists (select from tenancy.memberships m where m.tenant_id = tenant and m.user_id <> member and m.role = 'owner' and not m.disabled)
    then
        return query select 'last_owner', present;
    else
        update tenancy.memberships m set role = new_role, epoch = m.epoch + 1 where m.tenant_id = tenant and m.user_id = member;
        perform pg_notify('tenancy_changed', tenant::text);
        return query select 'changed', present;
    end if;
end
$$;

-- Ends a membership, one's own too, from the next call on. outcome: removed, unknown, owners_only, last_owner.
create function tenancy.remove_member(member uuid) returns table (outcome text, old_role text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    asks uuid := tenancy.user_id();
    present text;
begin
    perform from tenancy.tenants t where t.id = tenant for no key update;
    select m.role into present from tenancy.memberships m where m.tenant_id = tenant and m.user_id = member for update;
    if not found then
        return query select 'unknown', null::text;
    elsif present = 'owner' and member <> asks
        and not exists (select from tenancy.memberships m where m.tenant_id = tenant and m.user_id = asks and m.role = 'owner')
    then
        return query select 'owners_only', present;
    elsif present = 'owner'
        and not exists (select from tenancy.memberships m where m.tenant_id = tenant and m.user_id <> member and m.role = 'owner' and not m.disabled)
    then
        return query select 'last_owner', present;
    else
        delete from tenancy.memberships m where m.tenant_id = tenant and m.user_id = member;
        perform pg_notify('tenancy_changed', tenant::text);
        return query select 'removed', present;
    end if;
end
$$;

-- Offers a place to an address for 7 days; what was offered to it before ends. The answer is the same whether the address has an account or not.
-- outcome: created, member (is one already), unknown_role, owners_only, full (200 are open).
create function tenancy.create_invitation(id uuid, email text, role text, hash bytea)
    returns table (outcome text, expires_at timestamptz, tenant_name text, inviter_name text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    asks uuid := tenancy.user_id();
    ends timestamptz := now() + interval '7 days';
begin
    perform from tenancy.tenants t where t.id = tenant for no key update;
    if exists (
        select from tenancy.memberships m join identity.users u on u.id = m.user_id
        where m.tenant_id = tenant and u.email = create_invitation.email)
    then
        return query select 'member', null::timestamptz, null::text, null::text;
        return;
    elsif not tenancy.has_role(tenant, create_invitation.role) then
        return query select 'unknown_role', null::timestamptz, null::text, null::text;
        return;
    elsif create_invitation.role = 'owner'
        and not exists (select from tenancy.memberships m where m.tenant_id = tenant and m.user_id = asks and m.role = 'owner')
    then
        return query select 'owners_only', null::timestamptz, null::text, null::text;
        return;
    end if;
    delete from tenancy.invitations i where i.tenant_id = tenant and i.accepted_at is null
        and (i.email = create_invitation.email or i.expires_at < now() - interval '30 days');
    if (select count(*) from tenancy.invitations i where i.tenant_id = tenant and i.accepted_at is null and i.expires_at > now()) >= 200 then
        return query select 'full', null::timestamptz, null::text, null::text;
        return;
    end if;
    insert into tenancy.invitations as i (tenant_id, id, email, role, hash, invited_by, expires_at)
        values (tenant, create_invitation.id, create_invitation.email, create_invitation.role, create_invitation.hash, asks, ends);
    return query
        select 'created', ends, t.name, (select u.name from identity.users u where u.id = asks) from tenancy.tenants t where t.id = tenant;
end
$$;

-- Those that wait, the newest first.
create function tenancy.open_invitations()
    returns table (id uuid, email text, role text, invited_by uuid, created_at timestamptz, expires_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select i.id, i.email, i.role, i.invited_by, i.created_at, i.expires_at from tenancy.invitations i
        where i.tenant_id = tenant and i.accepted_at is null and i.expires_at > now()
        order by i.created_at desc, i.id limit 200;
end
$$;

-- Takes an offer back; the address that it was for, null where there is none.
create function tenancy.revoke_invitation(id uuid) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    address text;
begin
    delete from tenancy.invitations i where i.tenant_id = tenant and i.id = revoke_invitation.id and i.accepted_at is null returning i.email into address;
    return address;
end
$$;

-- What an offer is, for whoever has its secret. No row: unknown, accepted, taken back, too old.
create function identity.invitation(hash bytea) returns table (email text, role text, slug text, tenant_name text, has_account boolean)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
begin
    return query
        select i.email, i.role, t.slug, t.name, exists (select from identity.users u where u.email = i.email)
        from tenancy.invitations i join tenancy.tenants t on t.id = i.tenant_id
        where i.hash = invitation.hash and i.accepted_at is null and i.expires_at > now() and t.status = 'active';
end
$$;

-- Takes an offer up, once: for the user of its address, or for a new one of that id, name and password. The secret came by mail, so the address is
-- theirs; a session is for a sign-in to open. outcome: joined, invalid, no_account (name and password are needed), unknown_role, disabled.
create function identity.accept_invitation(hash bytea, new_user uuid, user_name text, password_hash text, address text, user_agent text)
    returns table (outcome text, user_id uuid, email text, is_new boolean, tenant_id uuid, slug text, tenant_name text, role text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    offer tenancy.invitations%rowtype;
    place tenancy.tenants%rowtype;
    person identity.users%rowtype;
    fresh boolean := false;
    how text := 'joined';
begin
    -- Several at once stand in line here, and only the first finds it open.
    select * into offer from tenancy.invitations i
        where i.hash = accept_invitation.hash and i.accepted_at is null and i.expires_at > clock_timestamp() for update;
    select * into place from tenancy.tenants t where t.id = offer.tenant_id and t.status = 'active';
    select * into person from identity.users u where u.email = offer.email;
    if offer.id is null or place.id is null or (only_user is not null and only_user is distinct from person.id) then
        how := 'invalid';
    elsif person.id is null and (accept_invitation.user_name is null or accept_invitation.password_hash is null) then
        how := 'no_account';
    elsif not tenancy.has_role(offer.tenant_id, offer.role) then
        how := 'unknown_role';
    elsif person.disabled then
        how := 'disabled';
    end if;
    if how <> 'joined' then
        return query select how, null::uuid, null::text, null::boolean, null::uuid, null::text, null::text, null::text;
        return;
    end if;
    if person.id is null then
        fresh := true;
        insert into identity.users (id, email, name) values (accept_invitation.new_user, offer.email, accept_invitation.user_name)
            returning * into person;
        insert into identity.credentials (user_id, password_hash) values (person.id, accept_invitation.password_hash);
    end if;
    -- Above every epoch of an earlier membership, so that no token of that time opens this one.
    insert into tenancy.memberships as m (tenant_id, user_id, role, epoch)
        values (offer.tenant_id, person.id, offer.role, greatest(1, extract(epoch from clock_timestamp() - '2026-01-01 00:00:00+00'::timestamptz)::int))
        on conflict do nothing;
    update tenancy.invitations i set accepted_at = clock_timestamp(), accepted_by = person.id where i.hash = accept_invitation.hash;
    perform pg_notify('tenancy_changed', offer.tenant_id::text);
    perform identity.record_event('accept_invitation', 'ok', person.id, case when only_user is null then offer.tenant_id end, null,
        accept_invitation.address, accept_invitation.user_agent, jsonb_build_object('role', offer.role, 'invited_by', offer.invited_by, 'new', fresh));
    return query select 'joined', person.id, person.email, fresh, place.id, place.slug, place.name, offer.role;
end
$$;

create function tenancy.security_settings() returns table (mfa_required boolean)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return query select t.mfa_required from tenancy.tenants t where t.id = tenant;
end
$$;

-- Whether members must have a second factor. Where that is new, everybody's next call asks for a new token, which knows of it.
-- outcome: changed, same, owners_only, no_factor (who demands it must have it).
create function tenancy.require_second_factor(is_required boolean) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    asks uuid := tenancy.user_id();
begin
    if not exists (select from tenancy.memberships m where m.tenant_id = tenant and m.user_id = asks and m.role = 'owner') then
        return 'owners_only';
    elsif is_required and not identity.has_second_factor(asks) then
        return 'no_factor';
    end if;
    update tenancy.tenants t set mfa_required = is_required where t.id = tenant and t.mfa_required <> is_required;
    if not found then
        return 'same';
    end if;
    if is_required then
        update tenancy.memberships m set epoch = m.epoch + 1 where m.tenant_id = tenant;
    end if;
    perform pg_notify('tenancy_changed', tenant::text);
    return 'changed';
end
$$;

grant select on tenancy.invitations, identity.preferences to {prefix}_backup;
grant select (tenant_id, id, email, role, invited_by, created_at, expires_at, accepted_at, accepted_by), delete on tenancy.invitations to {prefix}_admin;
