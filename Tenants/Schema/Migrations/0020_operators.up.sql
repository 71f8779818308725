-- Operators of the installation, and what they need to know of a tenant: where it is, whether it is about to go. A context of the kind `o` is an
-- operator's; it names a tenant, or none.
set local role {prefix}_owner;

-- `deleting`: shut for everybody, and gone for good when `delete_at` has passed. Until then it can be taken back.
alter table tenancy.tenants
    drop constraint tenants_status_check,
    add constraint tenants_status_check check (status in ('active', 'suspended', 'deleting')),
    add column delete_at timestamptz,
    -- What it was before it was to be deleted.
    add column status_before text check (status_before in ('active', 'suspended')),
    add column kind text not null default 'live' check (kind in ('live', 'sandbox')),
    -- Where its data is meant to lie; a word of the installation's own.
    add column region text not null default 'default' check (region ~ '^[a-z][a-z0-9-]{0,31}$'),
    -- Of the IANA database; names with digits are those of offsets alone, since others could be rules of their own.
    add column time_zone text not null default 'UTC'
        check (time_zone ~ '^(UTC|Etc/GMT[+-][0-9]{1,2}|[A-Za-z_]+(/[A-Za-z_-]+){1,2})$' and length(time_zone) <= 64),
    add constraint tenants_deleting_check check ((status = 'deleting') = (delete_at is not null) and (status = 'deleting') = (status_before is not null));
create index tenants_delete_at on tenancy.tenants (delete_at) where status = 'deleting';

create table identity.operators (
    user_id uuid primary key references identity.users (id) on delete cascade,
    -- admin: everything; support: reads.
    role text not null check (role in ('admin', 'support')),
    -- Null: the command line of the installation.
    granted_by uuid references identity.users (id) on delete set null,
    granted_at timestamptz not null default now()
);

-- The checks of 0003_context once more, with the new kind. Only an operator's context without a tenant has zeros in a tenant's place.
do $do$
declare
    f record;
begin
    for f in
        select * from (values
            ('tenant_id',
                $$(split_part(c, '.', 3) = 't' or split_part(c, '.', 3) = 'o' and split_part(c, '.', 4) <> '00000000-0000-0000-0000-000000000000')$$,
                $$split_part(c, '.', 4)::uuid$$),
            ('user_id', $$split_part(c, '.', 3) in ('t', 'i', 'o')$$, $$split_part(c, '.', 5)::uuid$$),
            ('require_identity', $$split_part(c, '.', 3) in ('t', 'i', 'o')$$,
                $$case split_part(c, '.', 3) when 'i' then null else split_part(c, '.', 5)::uuid end$$),
            ('require_operator', $$split_part(c, '.', 3) = 'o'$$, $$split_part(c, '.', 5)::uuid$$)
        ) as f (name, condition, answer)
    loop
        execute pg_catalog.format($f$
            create or replace function tenancy.%I() returns uuid
                language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $body$
            declare
                c text := current_setting('tenancy.context', true);
                signed boolean;
            begin
                select sha256(convert_to(encode(sha256(outer_pad || sha256(inner_pad || convert_to(left(c, -65), 'UTF8'))), 'hex'), 'UTF8'))
                        = sha256(convert_to(split_part(c, '.', 11), 'UTF8'))
                    into signed from tenancy.keys where label = split_part(c, '.', 2);
                if signed and split_part(c, '.', 1) = 'tc1' and %s and session_user = '{prefix}_h_' || split_part(c, '.', 7)
                    and clock_timestamp() < to_timestamp(split_part(c, '.', 9)::float8 / 1e6)
                then
                    return %s;
                end if;
                raise exception 'no valid context' using errcode = '28000';
            end
            $body$
        $f$, f.name, f.condition, f.answer);
    end loop;
end
$do$;

comment on function tenancy.require_operator() is
    'The operator of the signed context, all zeros for the command line; SQLSTATE 28000 for every other context. First line of functions of operators.';

-- What an operator is at the moment, for the host; no row for who is none.
create function identity.operator_standing(of_user uuid) returns table (role text, disabled boolean, revoked_sessions text)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select o.role, u.disabled, (select string_agg(s.session_id::text, ' ') from tenancy.revoked_sessions s where s.user_id = u.id)
    from identity.operators o join identity.users u on u.id = o.user_id
    where o.user_id = of_user
$$;

-- Whether a member's session makes an operator: theirs, alive, opened by password and second factor in the last 12 hours. A provider vouches for its
-- own tenant, never for the installation. outcome: opened, stranger (no operator), no_factor, ended, stale.
create function identity.open_operator(session_id uuid, address text, user_agent text)
    returns table (outcome text, role text, email text, user_name text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    person uuid := tenancy.user_id();
    s identity.user_sessions%rowtype;
    o record;
    how text := 'opened';
begin
    select p.role, u.email, u.name, u.disabled into o from identity.operators p join identity.users u on u.id = p.user_id where p.user_id = person;
    if not found or o.disabled then
        return query select 'stranger', null::text, null::text, null::text;
        return;
    end if;
    select * into s from identity.user_sessions u
        where u.id = open_operator.session_id and u.user_id = person and u.ended_at is null and u.expires_at > clock_timestamp();
    if not found then
        how := 'ended';
    elsif not (s.factors @> '{password}' and s.factors && '{totp,recovery_code}'::text[]) then
        how := 'no_factor';
    elsif s.authenticated_at < clock_timestamp() - interval '12 hours' then
        how := 'stale';
    end if;
    perform identity.record_event('operator_sign_in', case how when 'opened' then 'ok' else 'refused' end, person, null, open_operator.session_id,
        open_operator.address, open_operator.user_agent, jsonb_build_object('role', o.role));
    if how <> 'opened' then
        return query select how, null::text, null::text, null::text;
        return;
    end if;
    return query select how, o.role, o.email, o.name;
end
$$;

-- The same behind a sign-in by password and second factor that is for no tenant: operators need not be members of any. outcome: opened, stranger.
create function identity.admit_operator(user_id uuid, session_id uuid, address text, user_agent text)
    returns table (outcome text, role text, email text, user_name text)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    only_user uuid := tenancy.require_identity();
    o record;
begin
    if only_user is not null then
        raise exception 'somebody is signed in' using errcode = '42501';
    end if;
    select p.role, u.email, u.name into o
        from identity.operators p join identity.users u on u.id = p.user_id where p.user_id = admit_operator.user_id and not u.disabled;
    if not found then
        return query select 'stranger', null::text, null::text, null::text;
        return;
    end if;
    perform identity.forgive(admit_operator.user_id, admit_operator.address);
    perform identity.record_event('operator_sign_in', 'ok', admit_operator.user_id, null, admit_operator.session_id, admit_operator.address,
        admit_operator.user_agent, jsonb_build_object('role', o.role));
    return query select 'opened', o.role, o.email, o.name;
end
$$;

-- An act of an operator, as a security event of theirs, in the tenant that the context names.
create function identity.record_operator_event(action text, address text, user_agent text, details jsonb) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
    place uuid := nullif(split_part(current_setting('tenancy.context', true), '.', 4)::uuid, '00000000-0000-0000-0000-000000000000');
begin
    insert into identity.security_events (action, outcome, user_id, tenant_id, address, user_agent, details)
        values (record_operator_event.action, 'ok', nullif(operator, '00000000-0000-0000-0000-000000000000'), place,
            identity.cleaned(record_operator_event.address, 64), identity.cleaned(record_operator_event.user_agent, 300),
            coalesce(record_operator_event.details, '{}') || '{"operator": true}');
end
$$;

-- Makes a user an operator, changes the role of one, or ends it where the role is null. For the installation's administrators; the command line.
-- outcome: granted, changed, same, revoked, unknown (no such operator, or no such user).
create function identity.set_operator(of_user uuid, new_role text, by_user uuid) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    present text;
    how text;
begin
    -- One at a time, so that nobody counts operators that another is about to end.
    lock table identity.operators in share row exclusive mode;
    select o.role into present from identity.operators o where o.user_id = of_user;
    if not exists (select from identity.users u where u.id = of_user) or present is null and new_role is null then
        return 'unknown';
    elsif present = new_role then
        return 'same';
    elsif new_role is null then
        delete from identity.operators o where o.user_id = of_user;
        how := 'revoked';
    elsif present is null then
        insert into identity.operators (user_id, role, granted_by) values (of_user, new_role, by_user);
        how := 'granted';
    else
        update identity.operators o set role = new_role, granted_by = by_user, granted_at = now() where o.user_id = of_user;
        how := 'changed';
    end if;
    -- Gateways ask again whether operators whose calls run may go on.
    perform pg_notify('tenancy_changed', '00000000-0000-0000-0000-000000000000');
    return how;
end
$$;

grant select (delete_at, kind, region, time_zone) on tenancy.tenants to {prefix}_host;
grant execute on function identity.operator_standing(uuid) to {prefix}_host;
grant execute on function identity.set_operator(uuid, text, uuid) to {prefix}_admin;
grant select on identity.operators to {prefix}_admin, {prefix}_backup;
