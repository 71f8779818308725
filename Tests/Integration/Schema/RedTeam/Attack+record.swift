extension Attack {
    /// Every table of persons, the control plane and the record, and every function that the handler may execute, with B's names for arguments.
    /// Made from the catalogue, so that new ones join by themselves.
    static func generated(tables: [String], calls: [String]) -> [Attack] {
        tables.flatMap { table in
            [
                Attack("select * from \(table)"), Attack("select count(*) from \(table)"), Attack("delete from \(table)"),
                Attack("truncate \(table)"),
                Attack("update \(table) set tenant_id = '{A}'"), Attack("insert into \(table) default values"), Attack("lock table \(table)"),
                Attack("select t from \(table) t where t::text like '%secret%'"), Attack("select * from \(table) where tenant_id = '{B}'"),
                Attack("select * from \(table) where user_id = '{ub}'"), Attack("delete from \(table) where tenant_id = '{B}'"),
                Attack("select max(ctid::text) from \(table)"),
            ]
        } + calls.map { Attack(shapeOnly: $0) }
    }

    /// The calls of a function with each kind of B's names: a query over the catalogue, `$1` the role.
    ///
    /// Left out are those that are known to tell more than the context's own, also inside a tenant: `identity.address_owner` answers id and name of whoever
    /// has an address; `identity.public_providers` what a sign-in page shows
    /// anyway; `identity.put_provider` that an id is taken.
    static let callsQuery = """
        select format('select * from %s.%s(%s)', quote_ident(n.nspname), quote_ident(p.proname), (
            select coalesce(string_agg(case t.typname
                when 'uuid' then quote_literal(w.id) || '::uuid' when 'text' then quote_literal(w.word) when 'bytea' then w.hash
                when 'int4' then '1' when 'int8' then '1::int8' when 'bool' then 'true' when 'timestamptz' then $$'infinity'::timestamptz$$
                when 'jsonb' then $$'{}'::jsonb$$ when '_text' then $$'{things:read}'::text[]$$ when 'interval' then $$'1 hour'::interval$$
                else 'null::' || t.oid::regtype end, ', ' order by a.place), '')
            from unnest(p.proargtypes) with ordinality as a (type, place) join pg_type t on t.oid = a.type))
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
            (values ('{ub}', 'eve@b.example', $$sha256('reset secret-of-b')$$), ('{B}', 'own', $$sha256('mine')$$),
                ('{bt}', 'secret-of-b', $$sha256('guess')$$), ('{be}', 'viewer', 'null::bytea')) as w (id, word, hash)
        where n.nspname in ('identity', 'tenancy') and p.prokind = 'f' and has_function_privilege($1, p.oid, 'execute') and p.proname <> all ('{use,address_owner,public_providers,put_provider}')
        order by 1
        """

    static let tablesQuery = """
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname in ('app', 'identity', 'tenancy')
            and c.oid::regclass::text not in ('app.businesses', 'app.kpi_sources', 'app.kpi_data') order by 1
        """
}
