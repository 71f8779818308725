-- What people do about their own accounts: their sessions, password and address, and what secrets that work once open. The tables, and what slows
-- guessing, stand in 0014.
set local role {prefix}_owner;

-- The user's sessions that are alive, the one used last first.
create function identity.sessions()
    returns table (session_id uuid, tenant_id uuid, slug text, tenant_name text, factors text[], address text, user_agent text,
        created_at timestamptz, refreshed_at timestamptz, expires_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
begin
    return query
        select s.id, s.tenant_id, t.slug, t.name, s.factors, s.address, s.user_agent, s.created_at, s.refreshed_at,
            least(s.expires_at, s.refreshed_at + g.session_idle_seconds * interval '1 second')
        from identity.user_sessions s join tenancy.tenants t on t.id = s.tenant_id cross join identity.settings g
        where s.user_id = person and s.ended_at is null
            and least(s.expires_at, s.refreshed_at + g.session_idle_seconds * interval '1 second') > now()
        order by s.refreshed_at desc, s.id;
end
$$;

-- Ends one of the user's own sessions, or where none is named all but the one that asks; how many.
create function identity.revoke_sessions(current_session uuid, only_session uuid, address text, user_agent text) returns int
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
    total int;
begin
    total := identity.end_sessions(person, only_session, case when only_session is null then current_session end, 'revoked');
    if total > 0 then
        perform identity.record_event('session_revoked', 'ok', person, tenancy.tenant_id(), current_session, revoke_sessions.address,
            revoke_sessions.user_agent, jsonb_build_object('sessions', total));
    end if;
    return total;
end
$$;

-- What proving again who one is needs: the hash of one's password (null: none is set), and whether the session is fresh without it. Where a password is
-- given the guess is counted, as at sign-in.
create function identity.begin_reauthentication(session_id uuid, with_password boolean, address text)
    returns table (retry_after int, password_hash text, is_fresh boolean, email text, user_name text, second_factor boolean)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    person identity.users%rowtype;
    begun record;
begin
    select * into person from identity.users u where u.id = tenancy.user_id() and not u.disabled;
    if with_password then
        select * into begun from identity.begin_sign_in(person.email, begin_reauthentication.address);
    else
        select 0 as retry_after, c.password_hash, coalesce(identity.has_second_factor(person.id), false) as second_factor into begun
            from (values (1)) one left join identity.credentials c on c.user_id = person.id;
    end if;
    return query
        select begun.retry_after, begun.password_hash,
            exists (
                select from identity.user_sessions s cross join identity.settings g
                where s.id = begin_reauthentication.session_id and s.user_id = person.id and s.ended_at is null
                    and s.authenticated_at > clock_timestamp() - g.fresh_seconds * interval '1 second'),
            person.email, person.name, begun.second_factor;
end
$$;

-- The password was right: the session is fresh, and the guess is forgotten.
create function identity.end_reauthentication(session_id uuid, address text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
begin
    perform identity.forgive(person, end_reauthentication.address);
    update identity.user_sessions s set authenticated_at = clock_timestamp()
        where s.id = end_reauthentication.session_id and s.user_id = person and s.ended_at is null;
end
$$;

-- Stores a new password and ends all other sessions; how many.
create function identity.change_password(session_id uuid, hash text, address text, user_agent text) returns int
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
    total int;
begin
    insert into identity.credentials as c (user_id, password_hash) values (person, hash)
        on conflict (user_id) do update set password_hash = excluded.password_hash, updated_at = now();
    delete from identity.one_time_tokens t where t.user_id = person and t.purpose in ('reset_password', 'mfa_login');
    total := identity.end_sessions(person, null, change_password.session_id, 'password');
    perform identity.end_reauthentication(change_password.session_id, change_password.address);
    perform identity.record_event('change_password', 'ok', person, tenancy.tenant_id(), change_password.session_id, change_password.address,
        change_password.user_agent, jsonb_build_object('sessions_ended', total));
    return total;
end
$$;

-- A secret that works once. In a tenant's context only for oneself, or as an invitation to that tenant.
create function identity.issue_one_time(hash bytea, purpose text, user_id uuid, email text, tenant_id uuid, lifetime_seconds int, details jsonb)
    returns timestamptz
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    ends timestamptz := clock_timestamp() + lifetime_seconds * interval '1 second';
begin
    if only_user is not null and not coalesce(case issue_one_time.purpose
        when 'invitation' then issue_one_time.tenant_id = tenancy.tenant_id() else issue_one_time.user_id = only_user end, false)
    then
        raise exception 'a secret for somebody else' using errcode = '42501';
    end if;
    insert into identity.one_time_tokens as t (hash, purpose, user_id, email, tenant_id, expires_at, details)
        values (issue_one_time.hash, issue_one_time.purpose, issue_one_time.user_id, lower(issue_one_time.email), issue_one_time.tenant_id, ends,
            coalesce(issue_one_time.details, '{}'))
        on conflict on constraint one_time_tokens_purpose_subject_key do update set hash = excluded.hash, user_id = excluded.user_id,
            email = excluded.email, tenant_id = excluded.tenant_id, created_at = now(), expires_at = excluded.expires_at, used_at = null,
            details = excluded.details;
    return ends;
end
$$;

-- What a secret stands for, without using it up. No row for one that is unknown, used, or too old.
create function identity.read_one_time(hash bytea, purpose text)
    returns table (user_id uuid, email text, tenant_id uuid, details jsonb, expires_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
begin
    return query
        select t.user_id, t.email, t.tenant_id, t.details, t.expires_at from identity.one_time_tokens t
        where t.hash = read_one_time.hash and t.purpose = read_one_time.purpose and t.used_at is null and t.expires_at > clock_timestamp()
            and (only_user is null or t.user_id is null or t.user_id = only_user);
end
$$;

-- The same, and uses it up: of many at once exactly one has a row.
create function identity.use_one_time(hash bytea, purpose text)
    returns table (user_id uuid, email text, tenant_id uuid, details jsonb, expires_at timestamptz)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
begin
    return query
        update identity.one_time_tokens t set used_at = clock_timestamp()
        where t.hash = use_one_time.hash and t.purpose = use_one_time.purpose and t.used_at is null and t.expires_at > clock_timestamp()
            and (only_user is null or t.user_id is null or t.user_id = only_user)
        returning t.user_id, t.email, t.tenant_id, t.details, t.expires_at;
end
$$;

-- Whom an address belongs to, and whether one more mail may go there: three an hour are free, then each waits longer. Alike for nobody's address.
create function identity.address_owner(email text) returns table (user_id uuid, user_name text, may_mail boolean)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    key bytea := identity.failure_key(address_owner.email, 'mail');
    is_blocked boolean := identity.blocked_seconds('mail', key) > 0;
begin
    if not is_blocked then
        perform identity.count_failure('mail', key, 3, 86400, 1200);
    end if;
    return query
        select u.id, u.name, not is_blocked from (values (1)) one
            left join identity.users u on u.email = address_owner.email and not u.disabled;
end
$$;

-- A registration that waits for its address to be verified gets another secret in place of the one that was mailed. The name given; null: none waits.
create function identity.renew_registration(email text, hash bytea, lifetime_seconds int) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    kept text;
begin
    update identity.one_time_tokens t
        set hash = renew_registration.hash, created_at = now(), expires_at = clock_timestamp() + lifetime_seconds * interval '1 second'
        where only_user is null and t.purpose = 'verify_email' and t.email = renew_registration.email and t.user_id is null and t.used_at is null
        returning t.details ->> 'name' into kept;
    return kept;
end
$$;

-- Ends a registration: the user, the tenant of theirs and their membership as its owner, all or nothing. outcome: registered, invalid (the secret),
-- taken (the address has belonged to somebody since).
create function identity.verify_registration(hash bytea, new_user uuid, new_tenant uuid, address text, user_agent text)
    returns table (outcome text, email text, user_name text, slug text, tenant_name text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    used record;
    base text;
    chosen text;
    number int := 1;
begin
    if only_user is not null then
        raise exception 'somebody is signed in' using errcode = '42501';
    end if;
    select * into used from identity.use_one_time(verify_registration.hash, 'verify_email');
    if used.email is null then
        return query select 'invalid', null::text, null::text, null::text, null::text;
        return;
    end if;
    insert into identity.users (id, email, name) values (new_user, used.email, used.details ->> 'name') on conflict do nothing;
    if not found then
        return query select 'taken', null::text, null::text, null::text, null::text;
        return;
    end if;
    insert into identity.credentials (user_id, password_hash) values (new_user, used.details ->> 'password_hash');
    base := left(used.details ->> 'slug', 50);
    chosen := base;
    loop
        insert into tenancy.tenants as t (id, slug, name) values (new_tenant, chosen, used.details ->> 'organization')
            on conflict on constraint tenants_slug_key do nothing;
        exit when found;
        -- After a few neighbours by number, by chance: nobody counts how many there are.
        number := number + 1;
        chosen := base || '-' || case when number < 10 then number::text else left(replace(gen_random_uuid()::text, '-', ''), 8) end;
    end loop;
    insert into tenancy.memberships (tenant_id, user_id, role) values (new_tenant, new_user, 'owner');
    update identity.one_time_tokens t set details = '{}' where t.hash = verify_registration.hash;
    perform identity.record_event('verify_email', 'ok', new_user, new_tenant, null, verify_registration.address, verify_registration.user_agent, '{}');
    return query select 'registered', used.email::text, used.details ->> 'name', chosen, used.details ->> 'organization';
end
$$;

-- Stores the new password of whoever had the mail, and ends all their sessions. No row: the secret is not valid.
create function identity.reset_password(hash bytea, password_hash text, address text, user_agent text)
    returns table (user_id uuid, email text, user_name text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    used record;
begin
    select * into used from identity.use_one_time(reset_password.hash, 'reset_password');
    if used.user_id is null or only_user is not null then
        return;
    end if;
    insert into identity.credentials as c (user_id, password_hash) values (used.user_id, reset_password.password_hash)
        on conflict on constraint credentials_pkey do update set password_hash = excluded.password_hash, updated_at = now();
    delete from identity.one_time_tokens t where t.user_id = used.user_id and t.purpose in ('mfa_login', 'change_email');
    perform identity.end_sessions(used.user_id, null, null, 'password');
    perform identity.forgive(used.user_id, reset_password.address);
    perform identity.record_event('reset_password', 'ok', used.user_id, null, null, reset_password.address, reset_password.user_agent, '{}');
    return query select u.id, u.email, u.name from identity.users u where u.id = used.user_id;
end
$$;

-- Gives the user of the secret the address it was mailed to. outcome: changed, invalid, taken.
create function identity.change_email(hash bytea, address text, user_agent text)
    returns table (outcome text, user_id uuid, old_email text, new_email text, user_name text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    used record;
    person identity.users%rowtype;
begin
    select * into used from identity.use_one_time(change_email.hash, 'change_email');
    select * into person from identity.users u where u.id = used.user_id and not u.disabled for update;
    if person.id is null or (only_user is not null and only_user <> person.id) then
        return query select 'invalid', null::uuid, null::text, null::text, null::text;
        return;
    end if;
    if exists (select from identity.users u where u.email = used.email and u.id <> person.id) then
        return query select 'taken', null::uuid, null::text, null::text, null::text;
        return;
    end if;
    update identity.users u set email = used.email where u.id = person.id;
    delete from identity.one_time_tokens t where t.user_id = person.id and t.purpose in ('reset_password', 'mfa_login');
    perform identity.record_event('change_email', 'ok', person.id, null, null, change_email.address, change_email.user_agent, '{}');
    return query select 'changed', person.id, person.email, used.email::text, person.name;
end
$$;
