-- The second factor: authenticator apps, recovery codes, and tenants that require one. Nobody reads the tables: the auth handler calls the functions
-- below, one for each kind of access.
set local role {prefix}_owner;

-- A secret counts once a code has confirmed it.
create table identity.totp_factors (
    user_id uuid primary key references identity.users (id) on delete cascade,
    -- Sealed with mfa_key for its user.
    secret bytea not null check (length(secret) between 32 and 256),
    created_at timestamptz not null default now(),
    confirmed_at timestamptz,
    -- The newest 30 s step whose code was used: none of its time or before it counts again.
    last_step bigint
);

create table identity.recovery_codes (
    user_id uuid not null references identity.users (id) on delete cascade,
    hash bytea not null check (length(hash) = 32),
    created_at timestamptz not null default now(),
    used_at timestamptz,
    primary key (user_id, hash)
);

alter table tenancy.tenants add mfa_required boolean not null default false;
comment on column tenancy.tenants.mfa_required is 'Sessions of members that were opened without a second factor may only enrol one.';

-- Codes tried for a challenge; five and it is void.
alter table identity.one_time_tokens add attempts int not null default 0 check (attempts >= 0);

alter table identity.failures drop constraint failures_kind_check,
    add check (kind in ('pair', 'address', 'account', 'mail', 'mfa'));

create or replace function identity.has_second_factor(of_user uuid) returns boolean
    language sql stable set search_path = pg_catalog, pg_temp as $$
    select exists (select from identity.totp_factors f where f.user_id = of_user and f.confirmed_at is not null)
$$;

-- Whether a session may do no more than enrol, because its tenant requires a second factor and it was opened without one. A tenant's own identity
-- provider answers for what it asks of people.
create function identity.session_is_restricted(session_id uuid) returns boolean
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
begin
    return exists (
        select from identity.user_sessions s join tenancy.tenants t on t.id = s.tenant_id
        where s.id = session_is_restricted.session_id and (only_user is null or s.user_id = only_user)
            and t.mfa_required and not s.factors && '{totp,recovery_code,oidc}'::text[]);
end
$$;

-- Codes are counted before they are looked at, so that many at once are no way around the limit: the first five of an hour are free of delay, then
-- each doubles it. Zero: look at it; else how many seconds to wait.
create function identity.count_code(of_user uuid) returns int
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
    key bytea := identity.failure_key(of_user::text, 'mfa');
    wait int := identity.blocked_seconds('mfa', key);
begin
    if wait = 0 then
        perform identity.count_failure('mfa', key, 5, 3600, 3600);
    end if;
    return wait;
end
$$;

create function identity.forgive_codes(of_user uuid) returns void
    language sql volatile set search_path = pg_catalog, pg_temp as $$
    delete from identity.failures f where f.kind = 'mfa' and f.key = identity.failure_key(of_user::text, 'mfa')
$$;

-- One try at a challenge of the sign-in. outcome: check; unknown (no such challenge, used, too old); void (five were tried); wait.
create function identity.begin_challenge(hash bytea)
    returns table (outcome text, retry_after int, user_id uuid, secret bytea, last_step bigint)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    challenge identity.one_time_tokens%rowtype;
    wait int;
begin
    select * into challenge from identity.one_time_tokens t
        where t.hash = begin_challenge.hash and t.purpose = 'mfa_login' and t.used_at is null and t.expires_at > clock_timestamp()
            and (only_user is null or t.user_id = only_user)
        for update;
    if not found then
        return query select 'unknown', 0, null::uuid, null::bytea, null::bigint;
        return;
    end if;
    if challenge.attempts >= 5 then
        return query select 'void', identity.blocked_seconds('mfa', identity.failure_key(challenge.user_id::text, 'mfa')), challenge.user_id,
            null::bytea, null::bigint;
        return;
    end if;
    wait := identity.count_code(challenge.user_id);
    if wait > 0 then
        return query select 'wait', wait, challenge.user_id, null::bytea, null::bigint;
        return;
    end if;
    update identity.one_time_tokens t set attempts = t.attempts + 1 where t.hash = begin_challenge.hash;
    return query
        select 'check', 0, challenge.user_id, f.secret, f.last_step
        from (values (1)) one left join identity.totp_factors f on f.user_id = challenge.user_id and f.confirmed_at is not null;
end
$$;

-- The code of that step was right: uses up the challenge and the step. No row where either was used meanwhile. `resealed` replaces the secret where
-- it is not null.
create function identity.complete_challenge(hash bytea, step bigint, resealed bytea, address text, user_agent text)
    returns table (user_id uuid, tenant_id uuid, details jsonb)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    challenge record;
begin
    select t.user_id, t.tenant_id, t.details into challenge from identity.one_time_tokens t
        where t.hash = complete_challenge.hash and t.purpose = 'mfa_login' and t.used_at is null and t.expires_at > clock_timestamp()
            and (only_user is null or t.user_id = only_user)
        for update;
    if not found then
        return;
    end if;
    update identity.totp_factors f set last_step = complete_challenge.step, secret = coalesce(complete_challenge.resealed, f.secret)
        where f.user_id = challenge.user_id and f.confirmed_at is not null and (f.last_step is null or f.last_step < complete_challenge.step);
    if not found then
        return;
    end if;
    update identity.one_time_tokens t set used_at = clock_timestamp() where t.hash = complete_challenge.hash;
    perform identity.forgive_codes(challenge.user_id);
    perform identity.record_event('mfa_verify', 'ok', challenge.user_id, null, null, complete_challenge.address, complete_challenge.user_agent, '{}');
    return query select challenge.user_id, challenge.tenant_id, challenge.details;
end
$$;

-- A recovery code instead of the app's. outcome: ok, wrong, and those of begin_challenge. `remaining`: codes that still work.
create function identity.use_recovery_code(hash bytea, code_hash bytea, address text, user_agent text)
    returns table (outcome text, retry_after int, user_id uuid, tenant_id uuid, details jsonb, remaining int)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    begun record;
    challenge record;
    rest int;
begin
    select * into begun from identity.begin_challenge(use_recovery_code.hash);
    if begun.outcome <> 'check' then
        return query select begun.outcome::text, begun.retry_after::int, begun.user_id::uuid, null::uuid, null::jsonb, null::int;
        return;
    end if;
    update identity.recovery_codes c set used_at = clock_timestamp()
        where c.user_id = begun.user_id and c.hash = use_recovery_code.code_hash and c.used_at is null;
    if not found then
        perform identity.record_event('recovery_code', 'failed', begun.user_id, null, null, use_recovery_code.address, use_recovery_code.user_agent, '{}');
        return query select 'wrong', 0, begun.user_id::uuid, null::uuid, null::jsonb, null::int;
        return;
    end if;
    update identity.one_time_tokens t set used_at = clock_timestamp() where t.hash = use_recovery_code.hash
        returning t.tenant_id, t.details into challenge;
    select count(*) into rest from identity.recovery_codes c where c.user_id = begun.user_id and c.used_at is null;
    perform identity.forgive_codes(begun.user_id);
    perform identity.record_event('recovery_code', 'ok', begun.user_id, null, null, use_recovery_code.address, use_recovery_code.user_agent,
        jsonb_build_object('remaining', rest));
    return query select 'ok', 0, begun.user_id::uuid, challenge.tenant_id::uuid, challenge.details::jsonb, rest;
end
$$;

-- Where the context's user stands. is_required: by one of their tenants. is_fresh: the session proved a moment ago who it is, and with the second
-- factor where there is one.
create function identity.factor_state(session_id uuid)
    returns table (email text, user_name text, confirmed_at timestamptz, is_pending boolean, recovery_codes int, is_required boolean, is_fresh boolean)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
begin
    return query
        select u.email, u.name, f.confirmed_at, f.user_id is not null and f.confirmed_at is null,
            (select count(*)::int from identity.recovery_codes c where c.user_id = u.id and c.used_at is null),
            exists (
                select from tenancy.memberships m join tenancy.tenants t on t.id = m.tenant_id where m.user_id = u.id and t.mfa_required),
            exists (
                select from identity.user_sessions s cross join identity.settings g
                where s.id = factor_state.session_id and s.user_id = u.id and s.ended_at is null
                    and s.authenticated_at > clock_timestamp() - g.fresh_seconds * interval '1 second'
                    and (f.confirmed_at is null or s.factors && '{totp,recovery_code}'::text[]))
        from identity.users u left join identity.totp_factors f on f.user_id = u.id
        where u.id = person;
end
$$;

-- Keeps a secret that waits for its first code, in the place of one that waits already. False where the session is not fresh or a factor counts.
create function identity.enrol_totp(session_id uuid, secret bytea) returns boolean
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
begin
    insert into identity.totp_factors as f (user_id, secret)
        select person, enrol_totp.secret from identity.factor_state(enrol_totp.session_id) s where s.is_fresh and s.confirmed_at is null
        on conflict (user_id) do update set secret = excluded.secret, created_at = now(), last_step = null where f.confirmed_at is null;
    return found;
end
$$;

-- One try at a code of one's own app, confirmed or not. outcome: check, none (no secret is there), wait.
create function identity.begin_own_code() returns table (outcome text, retry_after int, secret bytea, is_confirmed boolean, last_step bigint)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
    wait int;
begin
    if not exists (select from identity.totp_factors f where f.user_id = person) then
        return query select 'none', 0, null::bytea, false, null::bigint;
        return;
    end if;
    wait := identity.count_code(person);
    if wait > 0 then
        return query select 'wait', wait, null::bytea, false, null::bigint;
        return;
    end if;
    return query select 'check', 0, f.secret, f.confirmed_at is not null, f.last_step from identity.totp_factors f where f.user_id = person;
end
$$;

create function identity.store_recovery_codes(of_user uuid, hashes text[]) returns void
    language sql volatile set search_path = pg_catalog, pg_temp as $$
    delete from identity.recovery_codes c where c.user_id = of_user;
    insert into identity.recovery_codes (user_id, hash) select of_user, decode(h, 'hex') from unnest(hashes) h;
$$;

-- The first code of a waiting secret was right, so from now on the factor counts, and this session has it. `hashes`: SHA-256 of the recovery codes,
-- in hexadecimal digits. SQLSTATE 40001, here and below: somebody else was first, and nothing is done.
create function identity.confirm_totp(session_id uuid, secret bytea, step bigint, hashes text[], address text, user_agent text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
begin
    update identity.totp_factors f set confirmed_at = now(), last_step = confirm_totp.step
        where f.user_id = person and f.confirmed_at is null and f.secret = confirm_totp.secret;
    if not found then
        raise exception 'another secret took its place' using errcode = '40001';
    end if;
    perform identity.store_recovery_codes(person, confirm_totp.hashes);
    perform identity.forgive_codes(person);
    update identity.user_sessions s set factors = s.factors || 'totp'::text, authenticated_at = clock_timestamp()
        where s.id = confirm_totp.session_id and s.user_id = person and not s.factors @> '{totp}';
    perform identity.record_event('mfa_enrol', 'ok', person, tenancy.tenant_id(), confirm_totp.session_id, confirm_totp.address,
        confirm_totp.user_agent, '{}');
end
$$;

-- The context's user may change the second factor: by the right code of that step, which is used up, or by a fresh session where it is null.
create function identity.prove_factor(of_user uuid, session_id uuid, step bigint) returns void
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
    if step is not null then
        update identity.totp_factors f set last_step = prove_factor.step
            where f.user_id = of_user and f.confirmed_at is not null and (f.last_step is null or f.last_step < prove_factor.step);
    else
        perform from identity.factor_state(prove_factor.session_id) s where s.is_fresh and s.confirmed_at is not null;
    end if;
    if not found then
        raise exception 'the second factor is not proved' using errcode = '40001';
    end if;
    if step is not null then
        perform identity.forgive_codes(of_user);
    end if;
end
$$;

-- New recovery codes in the place of all before.
create function identity.replace_recovery_codes(session_id uuid, step bigint, hashes text[], address text, user_agent text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
begin
    perform identity.prove_factor(person, session_id, step);
    perform identity.store_recovery_codes(person, hashes);
    perform identity.record_event('recovery_code', 'ok', person, tenancy.tenant_id(), session_id, address, user_agent, '{"replaced": true}');
end
$$;

-- Switches the second factor off, unless a tenant of the user's requires it.
create function identity.disable_totp(session_id uuid, step bigint, address text, user_agent text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
begin
    perform identity.prove_factor(person, session_id, step);
    if (select s.is_required from identity.factor_state(session_id) s) then
        raise exception 'a tenant requires it' using errcode = '40001';
    end if;
    delete from identity.totp_factors f where f.user_id = person;
    delete from identity.recovery_codes c where c.user_id = person;
    update identity.user_sessions s set factors = array_remove(array_remove(s.factors, 'totp'), 'recovery_code')
        where s.user_id = person and s.ended_at is null and not s.factors <@ '{totp,recovery_code}'::text[];
    perform identity.record_event('mfa_disable', 'ok', person, tenancy.tenant_id(), session_id, address, user_agent, '{}');
end
$$;

grant select (user_id, created_at, confirmed_at) on identity.totp_factors to {prefix}_admin;
grant delete on identity.totp_factors, identity.recovery_codes to {prefix}_admin;
grant select on identity.totp_factors, identity.recovery_codes to {prefix}_backup;
