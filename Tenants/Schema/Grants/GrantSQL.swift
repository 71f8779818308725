import Postgres

/// The grant installer's statements.
enum GrantSQL {
    /// $1: `schema.name` of tables, views or functions. Kind, quoted signature, and for tables the columns with whether each is of the key.
    static let objects = Statement(
        "grants.objects",
        """
        select w.name, case c.relkind when 'v' then 'view' else 'table' end as kind, c.oid::regclass::text as signature,
            array_to_json(array(
                select quote_ident(a.attname) from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum))::text as columns,
            array_to_json(array(
                select quote_ident(a.attname) from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attname <> 'tenant_id' and not exists (
                    select from pg_index i where i.indrelid = c.oid and i.indisprimary and a.attnum = any (i.indkey))
                order by a.attnum))::text as changeable
        from unnest($1::text[]) as w (name)
        join pg_class c on c.oid = to_regclass(w.name) and c.relkind in ('r', 'p', 'v')
        union all
        select w.name, 'function', p.oid::regprocedure::text, '[]', '[]'
        from unnest($1::text[]) as w (name)
        join pg_namespace n on n.nspname = split_part(w.name, '.', 1)
        join pg_proc p on p.pronamespace = n.oid and p.proname = split_part(w.name, '.', 2)
        """)

    /// $1, $2: handler, its grants as JSON.
    static let record = Statement(
        "grants.record",
        """
        insert into tenancy.handlers (name, grants) values ($1, $2)
        on conflict (name) do update set grants = excluded.grants, updated_at = now()
        """, access: .write)

    /// $1: names of those that stay. The names of the others.
    static let unlisted = Statement("grants.unlisted", "select name from tenancy.handlers where name <> all ($1::text[])")

    /// $1: handler.
    static let forget = Statement("grants.forget", "delete from tenancy.handlers where name = $1", access: .write)
}
