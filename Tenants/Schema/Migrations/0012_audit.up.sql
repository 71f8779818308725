-- Who did what to what, and from where: a tenant's own log, and the security events of persons over all tenants.
set local role {prefix}_owner;

-- A row is written by the transaction whose effect it tells of. Nobody may change or remove one; only with the tenant itself do they go.
create table app.audit_log (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    id uuid not null,
    occurred_at timestamptz not null default now(),
    -- Who: all zero for a machine without a member behind it.
    user_id uuid not null,
    role text not null check (length(role) <= 63),
    session_id uuid,
    api_key_id uuid,
    -- What, for example `member.removed`; and to what.
    action text not null check (action ~ '^[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)*$' and length(action) <= 64),
    target_type text check (target_type ~ '^[a-z][a-z0-9_]*$' and length(target_type) <= 64),
    target_id text check (length(target_id) between 1 and 200),
    -- From where.
    handler text not null default substr(session_user, length('{prefix}_h_') + 1),
    address text not null check (length(address) <= 64),
    user_agent text not null check (length(user_agent) <= 300),
    request_id text not null check (length(request_id) <= 200),
    details jsonb not null default '{}' check (jsonb_typeof(details) = 'object' and length(details::text) <= 16384),
    primary key (tenant_id, id),
    check ((target_type is null) = (target_id is null))
);
create index audit_log_time on app.audit_log (tenant_id, occurred_at, id);
select tenancy.protect('app.audit_log');
-- A handler that is taken over cannot write in another member's or handler's name, nor into the past.
create policy own_name on app.audit_log as restrictive for insert with check (
    user_id = (select tenancy.user_id()) and session_user = '{prefix}_h_' || handler and occurred_at = now());

-- The chain. A seal stands for a batch of rows in a fixed order: it holds their hash and the hash of the seal before it under a key that the database
-- does not have. Who seals inserts the seal of the next number first, so of two at once one finds it taken; writers of the log are never waited for.
create table app.audit_seals (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    number bigint not null check (number > 0),
    -- The version of the key.
    key_id int not null,
    -- 32 zero bytes for the first.
    previous_hash bytea not null check (length(previous_hash) = 32),
    entries_hash bytea not null check (length(entries_hash) = 32),
    -- The place of its first row in the whole log, from 1.
    first_position bigint not null check (first_position > 0),
    entry_count int not null check (entry_count > 0),
    sealed_at timestamptz not null,
    -- HMAC-SHA256 over all of the above.
    hash bytea not null check (length(hash) = 32),
    primary key (tenant_id, number),
    unique (tenant_id, first_position)
);
select tenancy.protect('app.audit_seals');

-- Where each sealed row stands.
create table app.audit_positions (
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    position bigint not null check (position > 0),
    entry_id uuid not null,
    -- SHA-256 of the row in its canonical form, so that a changed one is found by its place.
    entry_hash bytea not null check (length(entry_hash) = 32),
    primary key (tenant_id, position),
    unique (tenant_id, entry_id)
);
select tenancy.protect('app.audit_positions');

-- Sign-ins, sessions, factors: what happens to a person before or beside a tenant.
create table identity.security_events (
    id uuid primary key default gen_random_uuid(),
    occurred_at timestamptz not null default now(),
    action text not null check (action ~ '^[a-z][a-z0-9_]*$' and length(action) <= 64),
    outcome text not null check (outcome in ('ok', 'failed', 'refused')),
    -- Null where nobody has the name that was given.
    user_id uuid references identity.users (id) on delete set null,
    tenant_id uuid references tenancy.tenants (id) on delete cascade,
    session_id uuid,
    address text not null check (length(address) <= 64),
    user_agent text not null check (length(user_agent) <= 300),
    details jsonb not null default '{}' check (jsonb_typeof(details) = 'object' and length(details::text) <= 4096)
);
create index security_events_user on identity.security_events (user_id, occurred_at desc, id desc);
create index security_events_tenant on identity.security_events (tenant_id, occurred_at desc, id desc);

-- Characters that could pretend to be something else where a line is shown: controls, line ends, marks that turn the direction of writing.
create function identity.cleaned(value text, longest int) returns text
    language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
    select left(regexp_replace(coalesce(value, ''), '[\u0001-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]', '', 'g'), longest)
$$;

-- Writes down what happened. Before a tenant is known anything may be said of any user; in a tenant's context only of its own user and tenant.
-- SQLSTATE 42501 where it is about somebody else.
create function identity.record_event(
    action text, outcome text, user_id uuid, tenant_id uuid, session_id uuid, address text, user_agent text, details jsonb) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
begin
    if only_user is not null and (user_id <> only_user or tenant_id <> tenancy.tenant_id()) then
        raise exception 'not an event of the context' using errcode = '42501';
    end if;
    insert into identity.security_events (action, outcome, user_id, tenant_id, session_id, address, user_agent, details)
        values (record_event.action, record_event.outcome, record_event.user_id, record_event.tenant_id, record_event.session_id,
            identity.cleaned(record_event.address, 64), identity.cleaned(record_event.user_agent, 300), coalesce(record_event.details, '{}'));
end
$$;

-- The context's own user's events in all tenants, the newest first, older than an instant and id. At most 200.
create function identity.own_events(before timestamptz, before_id uuid, most int)
    returns table (id uuid, occurred_at timestamptz, action text, outcome text, tenant_id uuid, session_id uuid, address text, user_agent text, details jsonb)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
begin
    return query
        select e.id, e.occurred_at, e.action, e.outcome, e.tenant_id, e.session_id, e.address, e.user_agent, e.details
        from identity.security_events e
        where e.user_id = only_user and (e.occurred_at, e.id) < (own_events.before, own_events.before_id)
        order by e.occurred_at desc, e.id desc
        limit least(most, 200);
end
$$;

-- The events of the context's tenant, the newest first, older than an instant and id. $3 and $4: a user and an action, or null for all. At most 200.
create function identity.tenant_events(before timestamptz, before_id uuid, only_of uuid, only_action text, most int)
    returns table (
        id uuid, occurred_at timestamptz, action text, outcome text, user_id uuid, session_id uuid, address text, user_agent text, details jsonb)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select e.id, e.occurred_at, e.action, e.outcome, e.user_id, e.session_id, e.address, e.user_agent, e.details
        from identity.security_events e
        where e.tenant_id = tenant and (e.occurred_at, e.id) < (tenant_events.before, tenant_events.before_id)
            and (only_of is null or e.user_id = only_of) and (only_action is null or e.action = only_action)
        order by e.occurred_at desc, e.id desc
        limit least(most, 200);
end
$$;

grant select on identity.security_events to {prefix}_admin, {prefix}_backup;
