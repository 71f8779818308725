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
-- Few expressions, because each is made ready anew in every transaction. The first statement cannot fail whatever the text is; casts stand
-- behind it, where the text is known to be the gateway's. Hashes are compared, not MACs, so that time tells nothing. One error for all.
do $do$
declare
    f record;
begin
    for f in
        select * from (values
            ('tenant_id', $$split_part(c, '.', 3) = 't'$$, $$split_part(c, '.', 4)::uuid$$),
            ('user_id', $$split_part(c, '.', 3) in ('t', 'i')$$, $$split_part(c, '.', 5)::uuid$$),
            ('require_identity', $$split_part(c, '.', 3) in ('t', 'i')$$, $$case split_part(c, '.', 3) when 't' then split_part(c, '.', 5)::uuid end$$)
        ) as f (name, condition, answer)
    loop
        execute pg_catalog.format($f$
            create function tenancy.%I() returns uuid
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
