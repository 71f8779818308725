-- Sessions, secrets that work once, and what was guessed wrong. Nobody reads the tables: handlers call the
-- functions below, one for each kind of access.
set local role {prefix}_owner;

-- Settings of the installation; read in the statement that they bind, so a change takes effect with the next one.
create table identity.settings (
    only_row boolean primary key default true check (only_row),
    -- How long after a rotation the refresh token before it still gives the same successor: two tabs, a lost answer.
    refresh_reuse_seconds int not null default 60 check (refresh_reuse_seconds between 0 and 3600),
    session_lifetime_seconds int not null default 2592000 check (session_lifetime_seconds between 900 and 31536000),
    session_idle_seconds int not null default 604800 check (session_idle_seconds between 900 and 31536000),
    -- How long after somebody proved who they are the session may change password, address and second factor.
    fresh_seconds int not null default 900 check (fresh_seconds between 60 and 86400)
);
insert into identity.settings default values;

-- A session is a family of refresh tokens: the newest is the one that carries the counter, all others are worked out, none is stored.
create table identity.user_sessions (
    id uuid primary key,
    user_id uuid not null references identity.users (id) on delete cascade,
    tenant_id uuid not null references tenancy.tenants (id) on delete cascade,
    counter bigint not null default 0 check (counter >= 0),
    -- How the person proved who they are: password, totp, recovery_code, oidc.
    factors text[] not null check (cardinality(factors) > 0),
    address text not null,
    user_agent text not null,
    created_at timestamptz not null default now(),
    authenticated_at timestamptz not null default now(),
    refreshed_at timestamptz not null default now(),
    expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text check (end_reason in ('logout', 'revoked', 'replay', 'password', 'disabled', 'membership')),
    check ((ended_at is null) = (end_reason is null))
);
create index user_sessions_user on identity.user_sessions (user_id, created_at);
create index user_sessions_tenant on identity.user_sessions (tenant_id);
create index user_sessions_expiry on identity.user_sessions (expires_at);

-- Secrets of 256 random bits that are mailed or handed out and work once, by their SHA-256. One row for each purpose and person: a new one takes
-- the place of the one before.
create table identity.one_time_tokens (
    hash bytea primary key check (length(hash) = 32),
    purpose text not null check (purpose in ('verify_email', 'reset_password', 'change_email', 'invitation', 'mfa_login', 'federation')),
    user_id uuid references identity.users (id) on delete cascade,
    email text check (email = lower(email)),
    tenant_id uuid references tenancy.tenants (id) on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz,
    details jsonb not null default '{}',
    -- Whose newest it is. Second factors and federated sign-ins may be under way several times at once.
    subject text not null generated always as (
        case when purpose in ('mfa_login', 'federation') then encode(hash, 'hex')
            when purpose = 'invitation' then tenant_id::text || ' ' || email
            else coalesce(user_id::text, email) end) stored,
    unique (purpose, subject)
);
create index one_time_tokens_expiry on identity.one_time_tokens (expires_at);
create index one_time_tokens_user on identity.one_time_tokens (user_id);
create index one_time_tokens_tenant on identity.one_time_tokens (tenant_id);

-- Guesses: by account and address together, by address, by account over all addresses; and mails asked for. Names are hashed, so that the table
-- lists no address that somebody typed.
create table identity.failures (
    kind text not null check (kind in ('pair', 'address', 'account', 'mail')),
    key bytea not null,
    count int not null check (count >= 0),
    updated_at timestamptz not null default clock_timestamp(),
    blocked_until timestamptz not null default '-infinity',
    primary key (kind, key)
);
create index failures_updated on identity.failures (updated_at);

-- An address as guesses are counted by: IPv6 by its /64, which is one customer's.
create function identity.network(address text) returns text
    language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
    select case when address like '%:%' then host(network(set_masklen(split_part(address, '%', 1)::inet, 64))) else address end
$$;

create function identity.failure_key(a text, b text) returns bytea
    language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
    select sha256(convert_to(length(a) || ' ' || a || ' ' || b, 'UTF8'))
$$;

-- Counts one more, and says until when the next one must wait: `free` are free of delay, then it doubles from one second up to `longest`.
-- One is forgiven each `forgiven` seconds, so that what was long ago does not count.
create function identity.count_failure(of_kind text, of_key bytea, free int, longest int, forgiven int) returns int
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
    counted int;
begin
    insert into identity.failures as f (kind, key, count) values (of_kind, of_key, 1)
        on conflict (kind, key) do update set updated_at = clock_timestamp(),
            count = greatest(0, f.count - floor(extract(epoch from clock_timestamp() - f.updated_at) / forgiven)::int) + 1
        returning f.count into counted;
    if counted > free then
        update identity.failures f set blocked_until = clock_timestamp() + least(longest, 2 ^ least(counted - free - 1, 20)) * interval '1 second'
            where f.kind = of_kind and f.key = of_key;
    end if;
    return counted;
end
$$;

create function identity.blocked_seconds(of_kind text, of_key bytea) returns int
    language sql volatile set search_path = pg_catalog, pg_temp as $$
    select coalesce((
        select ceil(extract(epoch from f.blocked_until - clock_timestamp()))::int
        from identity.failures f where f.kind = of_kind and f.key = of_key and f.blocked_until > clock_timestamp()), 0)
$$;

-- Whether somebody has a second factor; what enrolment adds puts its answer here.
create function identity.has_second_factor(of_user uuid) returns boolean
    language sql stable set search_path = pg_catalog, pg_temp as $$ select false $$;

-- The same for handlers.
create function identity.uses_second_factor(user_id uuid) returns boolean
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
begin
    return identity.has_second_factor(coalesce(only_user, uses_second_factor.user_id));
end
$$;

-- Ends sessions of a user: one, all but one, or all. Their access tokens end too: the gateways hear of it.
create function identity.end_sessions(of_user uuid, only_session uuid, but_session uuid, reason text) returns int
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
    ended record;
    total int := 0;
begin
    for ended in
        update identity.user_sessions s set ended_at = clock_timestamp(), end_reason = reason
        where s.user_id = of_user and s.ended_at is null
            and (only_session is null or s.id = only_session) and (but_session is null or s.id <> but_session)
        returning s.id, s.tenant_id, s.refreshed_at
    loop
        total := total + 1;
        -- An access token lives for 15 minutes; an hour leaves room for clocks.
        if ended.refreshed_at > clock_timestamp() - interval '1 hour' then
            perform tenancy.end_session(ended.id, of_user, ended.tenant_id);
        end if;
    end loop;
    return total;
end
$$;

-- What sign-in needs to check a password, unless it must wait first. The guess is counted before it is made, so that many at once are no way around
-- the delay; open_session takes it back. An address that nobody has is treated alike.
create function identity.begin_sign_in(email text, address text)
    returns table (retry_after int, user_id uuid, password_hash text, disabled boolean, second_factor boolean)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    found_user record;
    network text := identity.network(begin_sign_in.address);
    pair bytea := identity.failure_key(begin_sign_in.email, network);
    account bytea := identity.failure_key(begin_sign_in.email, '');
    wait int;
    is_known boolean;
begin
    select u.id, u.disabled, c.password_hash into found_user
        from identity.users u left join identity.credentials c on c.user_id = u.id
        where u.email = begin_sign_in.email and (only_user is null or u.id = only_user);
    -- Somebody who guesses from many addresses must not lock out the owner, who comes from where they came before.
    select exists (
        select from identity.user_sessions s
        where s.user_id = found_user.id and identity.network(s.address) = network and s.created_at > now() - interval '30 days') into is_known;
    wait := greatest(
        identity.blocked_seconds('pair', pair), identity.blocked_seconds('address', identity.failure_key('', network)),
        case when is_known then 0 else identity.blocked_seconds('account', account) end);
    if wait > 0 then
        return query select wait, null::uuid, null::text, false, false;
        return;
    end if;
    if identity.count_failure('pair', pair, 5, 3600, 3600) = 6 then
        perform identity.record_event('lockout', 'refused', found_user.id, null, null, begin_sign_in.address, '', '{"by": "account and address"}');
    end if;
    if identity.count_failure('account', account, 100, 900, 900) = 101 then
        perform identity.record_event('lockout', 'refused', found_user.id, null, null, begin_sign_in.address, '', '{"by": "account"}');
    end if;
    return query
        select 0, found_user.id, found_user.password_hash, coalesce(found_user.disabled, false),
            coalesce(identity.has_second_factor(found_user.id), false);
end
$$;

-- A password was wrong, or there was nobody to have one.
create function identity.fail_sign_in(user_id uuid, address text, user_agent text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    known uuid := coalesce(only_user, fail_sign_in.user_id);
begin
    perform identity.count_failure('address', identity.failure_key('', identity.network(fail_sign_in.address)), 20, 900, 60);
    perform identity.record_event('login', 'failed', known, null, null, fail_sign_in.address, fail_sign_in.user_agent, '{}');
end
$$;

-- What was counted before a password turned out to be right is taken back.
create function identity.forgive(of_user uuid, address text) returns void
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
    of_email text;
begin
    select u.email into of_email from identity.users u where u.id = of_user;
    delete from identity.failures f where f.kind = 'pair' and f.key = identity.failure_key(of_email, identity.network(forgive.address));
    update identity.failures f set count = 0, blocked_until = '-infinity'
        where f.kind = 'account' and f.key = identity.failure_key(of_email, '');
end
$$;

-- A session of somebody who has proved who they are, in the tenant of that slug or id; where none is named, in the oldest that is active.
-- outcome: opened, disabled, nowhere (a member of no tenant), stranger (not of that one), suspended.
create function identity.open_session(user_id uuid, session_id uuid, tenant text, factors text[], address text, user_agent text)
    returns table (outcome text, tenant_id uuid, slug text, tenant_name text, role text, epoch int, email text, user_name text, expires_at timestamptz)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    person identity.users%rowtype;
    place record;
    ends timestamptz;
begin
    if only_user is not null and only_user <> open_session.user_id then
        raise exception 'another user''s session' using errcode = '42501';
    end if;
    select * into person from identity.users u where u.id = open_session.user_id;
    if not found or person.disabled then
        return query select 'disabled', null::uuid, null::text, null::text, null::text, null::int, null::text, null::text, null::timestamptz;
        return;
    end if;
    select t.id, t.slug, t.name, t.status, m.role, m.epoch into place
        from tenancy.memberships m join tenancy.tenants t on t.id = m.tenant_id
        where m.user_id = person.id and (open_session.tenant is null or t.slug = open_session.tenant or t.id::text = lower(open_session.tenant))
        order by t.status = 'active' desc, m.created_at, t.id limit 1;
    if place.id is null or place.status <> 'active' then
        return query select case when place.id is not null then 'suspended' when open_session.tenant is null then 'nowhere' else 'stranger' end,
            null::uuid, null::text, null::text, null::text, null::int, null::text, null::text, null::timestamptz;
        return;
    end if;
    if only_user is null then
        perform identity.forgive(person.id, open_session.address);
    end if;
    insert into identity.user_sessions as s (id, user_id, tenant_id, factors, address, user_agent, expires_at)
        select open_session.session_id, person.id, place.id, open_session.factors, open_session.address, open_session.user_agent,
            now() + g.session_lifetime_seconds * interval '1 second'
        from identity.settings g
        returning s.expires_at into ends;
    -- In a tenant's context nothing may be said of another tenant.
    perform identity.record_event(case when only_user is null then 'login' else 'switch_tenant' end, 'ok', person.id,
        case when only_user is null then place.id end, open_session.session_id, open_session.address, open_session.user_agent,
        jsonb_build_object('factors', open_session.factors));
    return query select 'opened', place.id, place.slug, place.name, place.role, place.epoch, person.email, person.name, ends;
end
$$;

-- A session in another of the user's tenants beside the one that asks. It ends when that one would have, and is as fresh as that one.
create function identity.switch_session(session_id uuid, new_session uuid, tenant text, address text, user_agent text)
    returns table (outcome text, tenant_id uuid, slug text, tenant_name text, role text, epoch int, email text, user_name text, expires_at timestamptz)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
    before identity.user_sessions%rowtype;
    opened record;
begin
    select * into before from identity.user_sessions s
        where s.id = switch_session.session_id and s.user_id = person and s.ended_at is null and s.expires_at > clock_timestamp();
    if not found then
        return query select 'disabled', null::uuid, null::text, null::text, null::text, null::int, null::text, null::text, null::timestamptz;
        return;
    end if;
    select * into opened from identity.open_session(person, new_session, tenant, before.factors, switch_session.address, switch_session.user_agent);
    if opened.outcome = 'opened' then
        update identity.user_sessions s set expires_at = before.expires_at, authenticated_at = before.authenticated_at where s.id = new_session;
        opened.expires_at := before.expires_at;
    end if;
    return query select opened.outcome, opened.tenant_id, opened.slug, opened.tenant_name, opened.role, opened.epoch, opened.email,
        opened.user_name, opened.expires_at;
end
$$;

-- One refresh, whose token's authenticity is proved: in one statement, so in one round trip, and committed also where the answer is a refusal.
-- outcome: rotated; repeated (the token before the newest, soon after: the same successor again); replayed (the session has ended now);
-- suspended (the tenant; nothing changed); refused (no such session, ended, expired, not used for too long).
create function identity.refresh_session(session_id uuid, counter bigint, address text, user_agent text)
    returns table (outcome text, newest bigint, user_id uuid, tenant_id uuid, slug text, tenant_name text, role text, epoch int, email text,
        user_name text, expires_at timestamptz)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    s identity.user_sessions%rowtype;
    g identity.settings%rowtype;
    p record;
    moment timestamptz;
    how text;
begin
    select * into g from identity.settings;
    -- Several at once stand in line here, and each sees what the one before it did.
    select * into s from identity.user_sessions u where u.id = refresh_session.session_id and (only_user is null or u.user_id = only_user) for update;
    moment := clock_timestamp();
    if s.id is null or s.ended_at is not null or moment >= s.expires_at or moment >= s.refreshed_at + g.session_idle_seconds * interval '1 second' then
        how := 'refused';
    elsif refresh_session.counter = s.counter then
        how := 'rotated';
    elsif refresh_session.counter = s.counter - 1 and moment <= s.refreshed_at + g.refresh_reuse_seconds * interval '1 second' then
        how := 'repeated';
    else
        how := 'replayed';
        perform identity.end_sessions(s.user_id, s.id, null, 'replay');
        perform identity.record_event('refresh_replay', 'refused', s.user_id, s.tenant_id, s.id, refresh_session.address,
            refresh_session.user_agent, jsonb_build_object('counter', refresh_session.counter, 'newest', s.counter));
    end if;
    if how in ('refused', 'replayed') then
        return query select how, null::bigint, null::uuid, null::uuid, null::text, null::text, null::text, null::int, null::text, null::text,
            null::timestamptz;
        return;
    end if;
    select t.slug, t.name, t.status, m.role, m.epoch, u.email, u.name as user_name, u.disabled into p
        from identity.users u join tenancy.tenants t on t.id = s.tenant_id
            left join tenancy.memberships m on m.tenant_id = t.id and m.user_id = u.id
        where u.id = s.user_id;
    if p.disabled or p.role is null then
        perform identity.end_sessions(s.user_id, s.id, null, case when p.disabled then 'disabled' else 'membership' end);
        how := 'refused';
    elsif p.status <> 'active' then
        how := 'suspended';
    elsif how = 'rotated' then
        update identity.user_sessions u set counter = s.counter + 1, refreshed_at = moment, address = refresh_session.address,
            user_agent = refresh_session.user_agent where u.id = s.id returning u.counter into s.counter;
        perform identity.record_event('refresh', 'ok', s.user_id, s.tenant_id, s.id, refresh_session.address, refresh_session.user_agent, '{}');
    end if;
    return query select how, s.counter, s.user_id, s.tenant_id, p.slug, p.name, p.role, p.epoch, p.email, p.user_name, s.expires_at;
end
$$;

-- Ends the session of a refresh token, or one's own.
create function identity.log_out(session_id uuid, address text, user_agent text) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    s identity.user_sessions%rowtype;
begin
    select * into s from identity.user_sessions u where u.id = log_out.session_id and u.ended_at is null and (only_user is null or u.user_id = only_user);
    if not found then
        return false;
    end if;
    perform identity.end_sessions(s.user_id, s.id, null, 'logout');
    perform identity.record_event('logout', 'ok', s.user_id, case when only_user is null then s.tenant_id end, s.id, log_out.address, log_out.user_agent, '{}');
    return true;
end
$$;

-- Shuts a user out of all tenants at once, or lets them in again. For the installation's administrators.
create function identity.set_disabled(of_user uuid, is_disabled boolean) returns int
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    total int := 0;
    place uuid;
begin
    update identity.users u set disabled = is_disabled where u.id = of_user;
    if not found then
        return null;
    end if;
    if is_disabled then
        total := identity.end_sessions(of_user, null, null, 'disabled');
        delete from identity.one_time_tokens t where t.user_id = of_user;
    end if;
    for place in
        update tenancy.memberships m set epoch = m.epoch + 1, disabled = is_disabled where m.user_id = of_user returning m.tenant_id
    loop
        perform pg_notify('tenancy_changed', place::text);
    end loop;
    return total;
end
$$;

-- Removes what nobody can need any more; the host calls it now and then.
create function identity.sweep() returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
    delete from identity.one_time_tokens where expires_at < now() - interval '1 day';
    delete from identity.user_sessions where least(ended_at, expires_at) < now() - interval '30 days';
    delete from identity.failures where updated_at < now() - interval '2 days';
$$;

-- begin_sign_in takes its place.
drop function identity.credential(text);

grant execute on function identity.sweep() to {prefix}_host;
grant execute on function identity.set_disabled(uuid, boolean) to {prefix}_admin;
grant select, update on identity.settings to {prefix}_admin;
grant select, delete on identity.user_sessions, identity.one_time_tokens, identity.failures to {prefix}_admin;
grant select on identity.settings, identity.user_sessions, identity.failures to {prefix}_backup;
-- Secrets' hashes stay out of a backup, as keys do: what is restored could be asked for again.
