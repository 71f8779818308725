-- Sign-in through a tenant's own provider (OpenID Connect). A provider is its tenant's word, so it opens that tenant and no other.
set local role {prefix}_owner;

create table identity.providers (
    id uuid primary key,
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    -- What stands on the button.
    name text not null check (length(name) between 1 and 100),
    issuer text not null check (length(issuer) between 8 and 500),
    client_id text not null check (length(client_id) between 1 and 300),
    -- Sealed with federation_key; null for a public client.
    client_secret bytea check (length(client_secret) <= 2048),
    scopes text[] not null check (cardinality(scopes) between 1 and 20),
    -- Lower case. A new link is made for addresses of these domains only.
    allowed_domains text[] not null check (cardinality(allowed_domains) <= 100),
    -- What people become who are new here; null: nobody comes in by signing in.
    new_member_role text check (new_member_role in ('admin', 'analyst', 'viewer')),
    enabled boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (tenant_id, issuer, client_id)
);

-- Whom a provider's subject is, in that provider's tenant. An e-mail address is never the key: it changes hands.
create table identity.provider_links (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    issuer text not null,
    subject text not null check (length(subject) between 1 and 255),
    user_id uuid not null references identity.users (id) on delete cascade,
    created_at timestamptz not null default now(),
    primary key (tenant_id, issuer, subject)
);
create index provider_links_user on identity.provider_links (user_id);

-- States that came back once, until they would be too old anyway.
create table identity.used_states (
    hash bytea primary key check (length(hash) = 32),
    used_at timestamptz not null default now()
);
create index used_states_age on identity.used_states (used_at);

-- A session that a provider vouched for stays in the provider's tenant: else who runs one tenant's provider could walk into all tenants of a member.
create function identity.check_federated_session() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    if 'oidc' = any (new.factors) and not exists (
        select from identity.provider_links l where l.user_id = new.user_id and l.tenant_id = new.tenant_id) then
        raise exception 'the provider is another tenant''s' using errcode = '42501';
    end if;
    return new;
end
$$;
create trigger federated_session before insert on identity.user_sessions for each row execute function identity.check_federated_session();

-- The context's tenant's providers, never their secrets.
create function identity.list_providers()
    returns table (id uuid, name text, issuer text, client_id text, has_secret boolean, scopes text[], allowed_domains text[], new_member_role text,
        enabled boolean, created_at timestamptz, updated_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    perform tenancy.require_identity();
    return query
        select p.id, p.name, p.issuer, p.client_id, p.client_secret is not null, p.scopes, p.allowed_domains, p.new_member_role, p.enabled,
            p.created_at, p.updated_at
        from identity.providers p where p.tenant_id = tenant order by p.created_at, p.id;
end
$$;

-- Makes or replaces a provider of the context's tenant; without a secret the one that is there stays. Another issuer's links are forgotten with it.
-- created, changed, full (20 are the most), taken (issuer and client are there already).
create function identity.put_provider(id uuid, name text, issuer text, client_id text, client_secret bytea, scopes text[], allowed_domains text[],
    new_member_role text, enabled boolean) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    old_issuer text;
begin
    perform tenancy.require_identity();
    perform from tenancy.tenants t where t.id = tenant for no key update;
    update identity.providers p
        set name = put_provider.name, issuer = put_provider.issuer, client_id = put_provider.client_id,
            client_secret = coalesce(put_provider.client_secret, case when p.issuer = put_provider.issuer then p.client_secret end),
            scopes = put_provider.scopes, allowed_domains = put_provider.allowed_domains, new_member_role = put_provider.new_member_role,
            enabled = put_provider.enabled, updated_at = now()
        from identity.providers before
        where p.tenant_id = tenant and p.id = put_provider.id and before.id = p.id
        returning before.issuer into old_issuer;
    if found then
        delete from identity.provider_links l where l.tenant_id = tenant and l.issuer = old_issuer
            and not exists (select from identity.providers p where p.tenant_id = tenant and p.issuer = old_issuer);
        return 'changed';
    end if;
    if (select count(*) from identity.providers p where p.tenant_id = tenant) >= 20 then
        return 'full';
    end if;
    if exists (select from identity.providers p where p.id = put_provider.id) then
        return 'unknown';
    end if;
    insert into identity.providers (id, tenant_id, name, issuer, client_id, client_secret, scopes, allowed_domains, new_member_role, enabled)
        values (put_provider.id, tenant, put_provider.name, put_provider.issuer, put_provider.client_id, put_provider.client_secret,
            put_provider.scopes, put_provider.allowed_domains, put_provider.new_member_role, put_provider.enabled);
    return 'created';
exception when unique_violation then
    return 'taken';
end
$$;

create function identity.remove_provider(id uuid) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
    old_issuer text;
begin
    perform tenancy.require_identity();
    delete from identity.providers p where p.tenant_id = tenant and p.id = remove_provider.id returning p.issuer into old_issuer;
    if not found then
        return false;
    end if;
    delete from identity.provider_links l where l.tenant_id = tenant and l.issuer = old_issuer
        and not exists (select from identity.providers p where p.tenant_id = tenant and p.issuer = old_issuer);
    return true;
end
$$;

-- The buttons of a tenant's sign-in page. No row for a tenant that nobody has.
create function identity.public_providers(tenant text) returns table (id uuid, name text)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_identity();
    return query
        select p.id, p.name from identity.providers p join tenancy.tenants t on t.id = p.tenant_id
        where t.slug = public_providers.tenant and t.status = 'active' and p.enabled order by p.created_at, p.id;
end
$$;

-- One provider with all that a sign-in needs.
create function identity.provider(id uuid)
    returns table (tenant_id uuid, issuer text, client_id text, client_secret bytea, scopes text[])
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    -- Before a tenant is known any one may be asked for; inside a tenant only its own.
    only_tenant uuid := case when tenancy.require_identity() is not null then tenancy.tenant_id() end;
begin
    return query
        select p.tenant_id, p.issuer, p.client_id, p.client_secret, p.scopes
        from identity.providers p join tenancy.tenants t on t.id = p.tenant_id
        where p.id = provider.id and p.enabled and t.status = 'active' and (only_tenant is null or p.tenant_id = only_tenant);
end
$$;

-- Whether a state comes back for the first time. States are good for ten minutes; those of an hour ago are forgotten.
create function identity.use_sign_in_state(hash bytea) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_identity();
    delete from identity.used_states s where s.used_at < now() - interval '1 hour';
    insert into identity.used_states (hash) values (use_sign_in_state.hash) on conflict do nothing;
    return found;
end
$$;

-- Whom a provider's subject is. known; linked (a member by verified address); created; else nobody: unknown (no such provider), domain (the address is
-- of none of the provider's domains), stranger (the address is somebody's who is no member here), closed (nobody comes in by signing in), disabled.
create function identity.federated_user(provider uuid, subject text, email text, name text, new_user uuid, address text, user_agent text)
    returns table (outcome text, user_id uuid, tenant_id uuid)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    p identity.providers%rowtype;
    found_user identity.users%rowtype;
    how text;
begin
    if tenancy.require_identity() is not null then
        raise exception 'somebody is signed in' using errcode = '42501';
    end if;
    select * into p from identity.providers q where q.id = federated_user.provider and q.enabled;
    if not found then
        return query select 'unknown', null::uuid, null::uuid;
        return;
    end if;
    -- Two at once for one subject or one address stand in line.
    perform from tenancy.tenants t where t.id = p.tenant_id for no key update;
    select u.* into found_user from identity.provider_links l join identity.users u on u.id = l.user_id
        where l.tenant_id = p.tenant_id and l.issuer = p.issuer and l.subject = federated_user.subject;
    if found then
        how := case when found_user.disabled then 'disabled'
            when exists (select from tenancy.memberships m where m.tenant_id = p.tenant_id and m.user_id = found_user.id) then 'known'
            else 'stranger' end;
    elsif federated_user.email is null or not lower(split_part(federated_user.email, '@', 2)) = any (p.allowed_domains) then
        how := 'domain';
    else
        select u.* into found_user from identity.users u where u.email = lower(federated_user.email);
        if found then
            how := case when found_user.disabled then 'disabled'
                when exists (select from tenancy.memberships m where m.tenant_id = p.tenant_id and m.user_id = found_user.id) then 'linked'
                else 'stranger' end;
        elsif p.new_member_role is null then
            how := 'closed';
        else
            insert into identity.users as u (id, email, name)
                values (new_user, lower(federated_user.email), left(coalesce(nullif(federated_user.name, ''), lower(federated_user.email)), 200))
                returning u.* into found_user;
            insert into tenancy.memberships (tenant_id, user_id, role) values (p.tenant_id, new_user, p.new_member_role);
            how := 'created';
        end if;
        if how in ('linked', 'created') then
            insert into identity.provider_links (tenant_id, issuer, subject, user_id)
                values (p.tenant_id, p.issuer, federated_user.subject, found_user.id);
        end if;
    end if;
    if how not in ('known', 'linked', 'created') then
        perform identity.record_event('login', 'refused', found_user.id, p.tenant_id, null, federated_user.address, federated_user.user_agent,
            jsonb_build_object('provider', p.id, 'reason', how));
        return query select how, null::uuid, null::uuid;
        return;
    end if;
    return query select how, found_user.id, p.tenant_id;
end
$$;

-- Uses up the code at whose end a sign-in stands. No row: unknown, used, older than a minute. The caller compares the challenge.
create function identity.redeem_federated_code(hash bytea)
    returns table (user_id uuid, tenant_id uuid, code_challenge text, has_second_factor boolean)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform tenancy.require_identity();
    return query
        select t.user_id, t.tenant_id, t.details ->> 'code_challenge',
            exists (select from identity.totp_factors f where f.user_id = t.user_id and f.confirmed_at is not null)
        from identity.use_one_time(redeem_federated_code.hash, 'federation') t;
end
$$;

grant select on identity.providers, identity.provider_links, identity.used_states to {prefix}_backup;
grant select (id, tenant_id, name, issuer, client_id, scopes, allowed_domains, new_member_role, enabled, created_at, updated_at) on identity.providers to {prefix}_admin;
grant select on identity.provider_links to {prefix}_admin;
