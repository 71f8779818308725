-- Closes what Postgres opens to everybody and a multi-tenant database must not: what other sessions do, how much all tenants together hold,
-- ways to hold others up, and places where a shared role could leave something for the next tenant.
-- The lists are functions, so that the check that reads every revoke back can never miss one that this page names.
set local role {prefix}_owner;

create function tenancy.closed_functions() returns table (function regprocedure, gain text)
    language sql stable set search_path = pg_catalog, pg_temp as $$
    select p.oid::regprocedure, r.gain
    from (values
        ('^pg_stat_get_', 'reads what other sessions run and how many rows all tenants have'),
        ('^pg_(cancel|terminate)_backend$', 'ends other tenants'' statements that run under the same role'),
        ('^pg_(try_)?advisory_', 'holds locks that are shared by the whole database'),
        ('^pg_(lock_status|blocking_pids|safe_snapshot_blocking_pids|isolation_test_session_is_blocked|prepared_xact|get_multixact_members)$',
            'sees who waits for whom'),
        ('^(pg_(relation|table|total_relation|indexes|database|tablespace)_size|pg_ls_.*|pg_notification_queue_usage|pg_control_.*)$',
            'measures how much all tenants together hold'),
        ('^(pg_(current|last)_(wal|xact).*|pg_(current_)?snapshot_.*|pg_current_snapshot|pg_export_snapshot|pg_xact_.*|pg_last_committed_xact|txid_.*|age|mxid_age)$',
            'counts other tenants'' transactions'),
        ('^(lo_.*|loread|lowrite)$', 'keeps large objects that row-level security does not cover'),
        ('^(pg_logical_.*|pg_create_.*_slot|pg_drop_replication_slot|pg_get_replication_slots|pg_replication_slot_advance|pg_copy_.*_slot)$',
            'reads or holds back the change stream of all tenants')
    ) as r (pattern, gain)
    join pg_catalog.pg_proc p on p.proname ~ r.pattern and p.pronamespace = 'pg_catalog'::regnamespace
    where p.oid::regprocedure::text not in ('age(timestamp without time zone)', 'age(timestamp with time zone)',
        'age(timestamp without time zone,timestamp without time zone)', 'age(timestamp with time zone,timestamp with time zone)')
$$;

create function tenancy.closed_relations() returns table (relation regclass, gain text)
    language sql stable set search_path = pg_catalog, pg_temp as $$
    select c.oid::regclass, r.gain
    from (values
        ('^pg_stat(io)?_', 'reads what other sessions run and how many rows all tenants have'),
        ('^pg_(locks|prepared_xacts)$', 'sees who waits for whom'),
        ('^pg_(replication_slots|publication_tables|largeobject_metadata|shmem_allocations)$', 'sees objects that belong to no tenant')
    ) as r (pattern, gain)
    join pg_catalog.pg_class c on c.relname ~ r.pattern and c.relnamespace = 'pg_catalog'::regnamespace and c.relkind in ('r', 'v')
    where c.relname not in ('pg_statistic', 'pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs', 'pg_statistic_ext', 'pg_statistic_ext_data')
$$;

-- Columns of the catalogue that add up all tenants' rows. The rest of the table stays readable, as tools expect.
create function tenancy.closed_columns() returns table (relation regclass, columns name[], gain text)
    language sql stable set search_path = pg_catalog, pg_temp as $$
    values ('pg_catalog.pg_class'::regclass, '{relpages,reltuples,relallvisible,relfrozenxid,relminmxid}'::name[],
        'counts the rows of all tenants together')
$$;

-- Revokes all of it, and again after a restore or in a copy of the database, where some of it is lost. Runs as the installer: one that is no
-- superuser may not revoke what belongs to the server; it only warns, and lint then says what stayed open.
create procedure tenancy.harden()
    language plpgsql set search_path = pg_catalog, pg_temp set client_min_messages = error as $$
declare
    r record;
    open_columns text;
begin
    for r in select c.function from tenancy.closed_functions() c join pg_proc p on p.oid = c.function
        where exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) where grantee = 0) loop
        execute format('revoke execute on function %s from public', r.function);
    end loop;
    for r in select c.relation from tenancy.closed_relations() c join pg_class k on k.oid = c.relation
        where exists (select from aclexplode(coalesce(k.relacl, acldefault('r', k.relowner))) where grantee = 0) loop
        execute format('revoke select on %s from public', r.relation);
    end loop;
    for r in select relation, columns from tenancy.closed_columns() loop
        select string_agg(quote_ident(attname), ', ' order by attnum) into open_columns from pg_attribute
            where attrelid = r.relation and attnum > 0 and not attisdropped and attname <> all (r.columns);
        execute format('revoke select on %s from public', r.relation);
        execute format('grant select (%s) on %s to public', open_columns, r.relation);
        execute format('grant select on %s to {prefix}_backup', r.relation);
    end loop;
    -- What pg_dump reads besides.
    grant select on pg_largeobject_metadata to {prefix}_backup;
    -- DO blocks need the right to the language; functions that stand already do not.
    revoke usage on language plpgsql, sql from public;
    revoke all on schema public from public;
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to {prefix}_owner, {prefix}_migrator, {prefix}_host, {prefix}_admin, {prefix}_backup', current_database());
    for r in select rolname from pg_roles where starts_with(rolname, '{prefix}_h_') loop
        execute format('grant connect on database %I to %I', current_database(), r.rolname);
    end loop;
    for r in select p.oid::regprocedure as function from pg_proc p
        where p.pronamespace = 'pg_catalog'::regnamespace and p.proname ~ '^pg_(try_)?advisory_'
            and not (has_function_privilege('{prefix}_migrator', p.oid, 'execute') and has_function_privilege('{prefix}_host', p.oid, 'execute')) loop
        execute format('grant execute on function %s to {prefix}_migrator, {prefix}_host', r.function);
    end loop;
end
$$;

-- Lint reads the lists as whoever runs it.
grant execute on function tenancy.closed_functions(), tenancy.closed_relations(), tenancy.closed_columns() to {prefix}_host, {prefix}_admin;
reset role;
call tenancy.harden();
