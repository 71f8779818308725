-- The signed context: who may see what, proved by the gateway's signature and checked here, once a statement.
set local role {prefix}_owner;

-- Makes the key that signs from now on; the one before it stays valid, all older ones end.
create function tenancy.rotate() returns int
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    -- 488 random bits of the server's strong source, condensed to 256.
    fresh bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    inner_pad bytea := decode(repeat('36', 64), 'hex');
    outer_pad bytea := decode(repeat('5c', 64), 'hex');
    newest int;
begin
    for i in 0..31 loop
        inner_pad := set_byte(inner_pad, i, get_byte(fresh, i) # 54);
        outer_pad := set_byte(outer_pad, i, get_byte(fresh, i) # 92);
    end loop;
    lock table tenancy.keys in exclusive mode;
    select coalesce(max(kid), 0) + 1 into newest from tenancy.keys;
    insert into tenancy.keys (kid, secret, inner_pad, outer_pad) values (newest, fresh, inner_pad, outer_pad);
    delete from tenancy.keys where kid < newest - 1;
    return newest;
end
$$;

-- The newest key. For the gateway alone.
create function tenancy.signing_key() returns table (kid int, secret bytea)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select kid, secret from tenancy.keys order by kid desc limit 1
$$;

-- Puts a context in place until the transaction ends. One line of SQL, so that the planner folds it into the caller's statement.
create function tenancy.use(context text) returns boolean
    language sql volatile parallel unsafe as $$
    select pg_catalog.set_config('tenancy.context', context, true) is not null
$$;

-- One text for each function that reads the context, since a call from one to the other would cost as much as the check.
-- Cheap tests stand before the signature only where they cannot tell a caller anything; casts stand behind it, where the text is known to be
-- the gateway's. Every failure is the same error.
do $do$
declare
    f record;
begin
    for f in
        select * from (values
            ('tenant_id', 'uuid', $$ and part[3] = 't'$$, $$part[4]$$),
            ('user_id', 'uuid', $$ and part[3] in ('t', 'i')$$, $$part[5]$$),
            ('require_identity', 'uuid', $$ and part[3] in ('t', 'i')$$, $$case part[3] when 't' then part[5] end$$)
        ) as f (name, type, condition, answer)
    loop
        execute pg_catalog.format($f$
            create function tenancy.%I() returns %s
                language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $body$
            declare
                context text := current_setting('tenancy.context', true);
                bytes bytea := convert_to(context, 'UTF8');
                part text[] := string_to_array(context, '.');
                size int := length(bytes);
                i bytea;
                o bytea;
            begin
                if size > 65 then
                    select inner_pad, outer_pad into i, o from tenancy.keys where label = part[2];
                    if sha256(convert_to(encode(sha256(o || sha256(i || substr(bytes, 1, size - 65))), 'hex'), 'UTF8')) = sha256(substr(bytes, size - 63))
                        and part[1] = 'tc1' and part[11] is not null%s
                        and session_user = '{prefix}_h_' || part[7]
                        and clock_timestamp() < to_timestamp(part[9]::float8 / 1e6)
                    then
                        return %s;
                    end if;
                end if;
                raise exception 'no valid context' using errcode = '28000';
            end
            $body$
        $f$, f.name, f.type, f.condition, f.answer);
    end loop;
end
$do$;

comment on function tenancy.tenant_id() is 'The tenant of the signed context; SQLSTATE 28000 for every context that is not valid here and now.';
comment on function tenancy.user_id() is 'The user of the signed context; all zeros where a context of kind identity knows none yet.';
comment on function tenancy.require_identity() is 'Null: the context may look up any user (sign-in). Otherwise the one user it may ask about.';

-- Closes a table to all rows but the tenant's. The one place where the policy's text stands.
-- The sub-select makes the check run once a statement; a sharded Postgres refuses sub-selects in policies and sets tenancy.policy_flavour = bare.
create function tenancy.protect(target regclass) returns void
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
    condition text := case current_setting('tenancy.policy_flavour', true)
        when 'bare' then 'tenant_id = tenancy.tenant_id()' else 'tenant_id = (select tenancy.tenant_id())' end;
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    if exists (select from pg_policy where polrelid = target and polname = 'tenant') then
        execute format('drop policy tenant on %s', target);
    end if;
    execute format('create policy tenant on %s using (%s) with check (%s)', target, condition, condition);
end
$$;

select tenancy.rotate();

grant usage on schema tenancy to {prefix}_host, {prefix}_admin, {prefix}_backup;
grant execute on function tenancy.signing_key() to {prefix}_host;
grant execute on function tenancy.rotate() to {prefix}_admin;
grant select (id, slug, name, status, plan, created_at) on tenancy.tenants to {prefix}_host;
grant select on tenancy.memberships, tenancy.handlers to {prefix}_host;
grant select on tenancy.migrations to {prefix}_host, {prefix}_admin;
grant select, insert, update, delete on tenancy.tenants, tenancy.memberships to {prefix}_admin;
grant select on tenancy.handlers to {prefix}_admin;
-- The keys stay out of a backup: restored contexts would be forgeable by whoever holds the file.
grant select on tenancy.migrations, tenancy.tenants, tenancy.memberships, tenancy.handlers to {prefix}_backup;
