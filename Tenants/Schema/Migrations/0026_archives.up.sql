-- Whole tenants in and out: what the handler `archive` reads of the control plane, and how it fills a tenant that it makes. Its role reads and inserts
-- into all tables of tenants, always under one tenant's context.
--
-- A comment on a table or column says what archives do with it, `archive: left out; REASON` or `archive: left out of clones; REASON`.
set local role {prefix}_owner;

comment on table app.audit_log is 'archive: left out of clones; a clone did not do what its original did';
comment on table app.audit_seals is 'archive: left out; the chain stands for its installation and tenant, and begins anew elsewhere';
comment on table app.audit_positions is 'archive: left out; the chain stands for its installation and tenant, and begins anew elsewhere';

-- Tenants that the open transaction fills. No row is ever committed, so whoever finds one is in the transaction that made it.
create table tenancy.imports (
    id uuid primary key references tenancy.tenants (id) on delete cascade
);

create function tenancy.refuse_open_import() returns trigger
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from tenancy.imports i where i.id = new.id) then
        raise exception 'an import is committed before it was finished' using errcode = '55000';
    end if;
    return null;
end
$$;
create constraint trigger finished after insert on tenancy.imports deferrable initially deferred
    for each row execute function tenancy.refuse_open_import();

-- Whether the context's tenant is being filled by this transaction.
create function tenancy.is_import() returns boolean
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    tenant uuid := tenancy.tenant_id();
begin
    return session_user = '{prefix}_h_archive' and exists (select from tenancy.imports i where i.id = tenant);
end
$$;

-- History may be written into the log of a tenant that did not exist before this transaction, and into no other.
drop policy own_name on app.audit_log;
create policy own_name on app.audit_log as restrictive for insert with check (
    case when session_user = '{prefix}_h_archive' and (select tenancy.is_import()) then true
        else user_id = (select tenancy.user_id()) and session_user = '{prefix}_h_' || handler and occurred_at = now() end);

-- The facts of the context's tenant.
create function tenancy.archived_tenant()
    returns table (slug text, name text, plan text, region text, time_zone text, weight int, mfa_required boolean, created_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select t.slug, t.name, t.plan, t.region, t.time_zone, t.weight, t.mfa_required, t.created_at from tenancy.tenants t where t.id = tenant;
end
$$;

-- How far the schema is.
create function tenancy.archived_migrations() returns table (series text, version int)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
begin
    return query select m.series, max(m.version) from tenancy.migrations m group by m.series order by m.series;
end
$$;

create function tenancy.archived_roles()
    returns table (name text, description text, scopes text[], created_at timestamptz, updated_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select r.name, r.description, r.scopes, r.created_at, r.updated_at from tenancy.roles r where r.tenant_id = tenant order by r.name;
end
$$;

-- Members by address. No password, no factor, no session, no key.
create function tenancy.archived_members()
    returns table (user_id uuid, email text, name text, role text, disabled boolean, created_at timestamptz)
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
    tenant uuid := tenancy.tenant_id();
begin
    return query
        select m.user_id, u.email, u.name, m.role, m.disabled, m.created_at
        from tenancy.memberships m join identity.users u on u.id = m.user_id
        where m.tenant_id = tenant order by m.created_at, m.user_id;
end
$$;

-- The next lines of an open cursor over one column of text, joined by line ends: at least one where there is one, at most one behind so many bytes.
create function tenancy.fetch_lines(source refcursor, most_bytes int) returns table (lines text, rows int)
    language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
    line text;
    gathered text[] := '{}';
    size bigint := 0;
begin
    loop
        fetch next from source into line;
        exit when not found;
        gathered := array_append(gathered, line);
        size := size + octet_length(line);
        exit when size >= most_bytes;
    end loop;
    return query select array_to_string(gathered, e'\n'), cardinality(gathered);
end
$$;

-- Makes the tenant that the open transaction is to fill. outcome: created, slug_taken.
create function tenancy.begin_import(id uuid, slug text, name text, plan text, region text, time_zone text, weight int, mfa_required boolean,
    kind text, created_at timestamptz) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
begin
    insert into tenancy.tenants as t (id, slug, name, plan, region, time_zone, weight, mfa_required, kind, created_at)
        values (begin_import.id, begin_import.slug, begin_import.name, begin_import.plan, begin_import.region, begin_import.time_zone,
            begin_import.weight, begin_import.mfa_required, begin_import.kind, begin_import.created_at)
        on conflict on constraint tenants_slug_key do nothing;
    if not found then
        return 'slug_taken';
    end if;
    insert into tenancy.imports (id) values (begin_import.id);
    return 'created';
end
$$;

-- The context of the caller for the tenant that the open transaction fills, and for no other; for tenancy.use(). See 0003_context for its form.
create function tenancy.import_context(tenant uuid) returns text
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
    c text := current_setting('tenancy.context', true);
    words text;
    key record;
begin
    if session_user <> '{prefix}_h_archive' or not exists (select from tenancy.imports i where i.id = tenant) then
        raise exception 'not an import of this transaction' using errcode = '42501';
    end if;
    select k.label, k.inner_pad, k.outer_pad into key from tenancy.keys k order by k.kid desc limit 1;
    words := concat_ws('.', 'tc1', key.label, 'o', tenant, operator, split_part(c, '.', 6), split_part(c, '.', 7), split_part(c, '.', 8),
        split_part(c, '.', 9), split_part(c, '.', 10));
    return words || '.' || encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(words, 'UTF8'))), 'hex');
end
$$;

-- Fills the roles of the tenant of the open import; scopes as array literals.
create function tenancy.import_roles(tenant uuid, names text[], descriptions text[], scopes text[], made text[], changed text[]) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
begin
    if not exists (select from tenancy.imports i where i.id = tenant) then
        raise exception 'not an import of this transaction' using errcode = '42501';
    end if;
    insert into tenancy.roles (tenant_id, name, description, scopes, created_at, updated_at)
        select tenant, r.name, r.description, r.scopes::text[], r.made::timestamptz, r.changed::timestamptz
        from unnest(names, descriptions, import_roles.scopes, made, changed) as r (name, description, scopes, made, changed);
end
$$;

-- Makes members of the tenant of the open import, and answers whom each one is here. An address that nobody has becomes an account without a password,
-- for whoever reads its mail; it keeps its id where that is free.
create function tenancy.import_members(tenant uuid, ids text[], emails text[], names text[], roles text[], shut_out text[], since text[])
    returns table (archived uuid, here uuid)
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
    m record;
    people uuid[] := '{}';
begin
    if not exists (select from tenancy.imports i where i.id = tenant) then
        raise exception 'not an import of this transaction' using errcode = '42501';
    end if;
    for m in
        select x.id::uuid as id, lower(x.email) as email, x.name, x.role, x.disabled::boolean as disabled, x.since::timestamptz as since
        from unnest(ids, emails, names, roles, shut_out, import_members.since) as x (id, email, name, role, disabled, since)
    loop
        archived := m.id;
        select u.id into here from identity.users u where u.email = m.email;
        if not found then
            insert into identity.users (id, email, name)
                values (case when exists (select from identity.users u where u.id = m.id) then gen_random_uuid() else m.id end, m.email, m.name)
                on conflict do nothing
                returning id into here;
            if not found then
                -- Somebody made it meanwhile.
                select u.id into here from identity.users u where u.email = m.email;
            end if;
        end if;
        people := array_append(people, here);
        return next;
    end loop;
    -- In one statement, since what the plan allows is counted once a statement.
    insert into tenancy.memberships (tenant_id, user_id, role, disabled, created_at)
        select tenant, x.person, x.role, x.disabled::boolean, x.since::timestamptz
        from unnest(people, import_members.roles, shut_out, import_members.since) as x (person, role, disabled, since);
end
$$;

-- The last step before the commit; gateways hear of the tenant.
create function tenancy.finish_import(tenant uuid) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    operator uuid := tenancy.require_operator();
begin
    delete from tenancy.imports i where i.id = tenant;
    if not found then
        raise exception 'not an import of this transaction' using errcode = '42501';
    end if;
    perform pg_notify('tenancy_changed', tenant::text);
end
$$;

-- Lets the role of the handler `archive` read and fill every table of tenants, column by column, also those of packages. Runs as the installer, whenever
-- tables or roles have changed.
create procedure tenancy.lend_to_archive()
    language plpgsql set search_path = pg_catalog, pg_temp set client_min_messages = error as $$
declare
    t record;
begin
    if not exists (select from tenancy.handlers h where h.name = 'archive') then
        return;
    end if;
    for t in
        select c.oid::regclass as relation, n.nspname as schema, o.rolname as owner, s.rolname as schema_owner,
            (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
            (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as filled
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
            join pg_roles o on o.oid = c.relowner join pg_roles s on s.oid = n.nspowner
        where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('tenancy', 'identity', 'reference')
            and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant')
    loop
        if not pg_has_role(current_user, t.owner, 'member') then
            execute format('grant %I to %I', t.owner, current_user);
        end if;
        execute format('grant usage on schema %I to {prefix}_h_archive', t.schema);
        execute format('grant select (%s), insert (%s) on %s to {prefix}_h_archive', t.columns, t.filled, t.relation);
    end loop;
end
$$;
