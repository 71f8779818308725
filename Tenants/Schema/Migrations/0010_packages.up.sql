-- Handlers that came as packages: which version serves, and the record of their schema's steps.
set local role {prefix}_owner;

-- A version is the hash of all files of a package. Null: a handler that came with the product.
alter table tenancy.handlers
    add version text check (version ~ '^[0-9a-f]{32}$'),
    add source text,
    add switched_at timestamptz;

-- A package's steps run signed in as the owner of its schema, a role that is a member of nothing. It may keep the record of its own series.
create function tenancy.record_step(step int, words text, sum text) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not starts_with(session_user, '{prefix}_o_') then
        raise exception 'only the owner of a package records its steps' using errcode = '42501';
    end if;
    insert into tenancy.migrations (series, version, name, checksum) values (substr(session_user, length('{prefix}_o_') + 1), step, words, sum);
end
$$;

create function tenancy.forget_step(step int) returns void
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not starts_with(session_user, '{prefix}_o_') then
        raise exception 'only the owner of a package forgets its steps' using errcode = '42501';
    end if;
    delete from tenancy.migrations where series = substr(session_user, length('{prefix}_o_') + 1) and version = step;
end
$$;
