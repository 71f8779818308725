public import Postgres

/// Every statement of archives whose text is known beforehand; the others are made of the catalogue, for the tables that it shows.
public enum ArchiveSQL {
    public static let all = [
        CatalogueSQL.tables, CatalogueSQL.tenant, CatalogueSQL.migrations, CatalogueSQL.roles, CatalogueSQL.members, CatalogueSQL.fetch,
        ImportSQL.begin, ImportSQL.enter, ImportSQL.roles, ImportSQL.members, ImportSQL.finish,
    ]
}

/// What an archive reads of the catalogue and of the control plane.
enum CatalogueSQL {
    /// Every table that holds tenants' rows, also those of packages, as one JSON object a row.
    static let tables = Statement(
        "archives.tables",
        """
        select json_build_object(
            'name', n.nspname || '.' || c.relname, 'signature', c.oid::regclass::text, 'comment', coalesce(obj_description(c.oid, 'pg_class'), ''),
            'columns', coalesce((
                select json_agg(json_build_object(
                    'name', a.attname, 'quoted', quote_ident(a.attname), 'type', format_type(a.atttypid, -1),
                    'required', a.attnotnull and not a.atthasdef, 'comment', coalesce(col_description(c.oid, a.attnum), '')) order by a.attnum)
                from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attname <> 'tenant_id'), '[]'),
            'key', coalesce((
                select json_agg(quote_ident(a.attname) order by k.place)
                from pg_index i cross join unnest(i.indkey) with ordinality as k (number, place)
                    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
                where i.indrelid = c.oid and i.indisprimary and a.attname <> 'tenant_id'), '[]'),
            'parents', coalesce((
                select json_agg(distinct m.nspname || '.' || p.relname)
                from pg_constraint f join pg_class p on p.oid = f.confrelid join pg_namespace m on m.oid = p.relnamespace
                where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid), '[]'),
            'lent', has_schema_privilege(n.oid, 'usage') and not exists (
                select from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                    and not (has_column_privilege(c.oid, a.attnum, 'select') and has_column_privilege(c.oid, a.attnum, 'insert'))))::text
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('tenancy', 'identity', 'reference')
            and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant')
        order by 1
        """)

    static let tenant = Statement(
        "archives.tenant", "select slug, name, plan, region, time_zone, weight, mfa_required, created_at from tenancy.archived_tenant()")

    static let migrations = Statement("archives.migrations", "select series, version from tenancy.archived_migrations()")

    static let roles = Statement(
        "archives.roles",
        """
        select to_json(array[r.name, r.description, r.scopes::text, r.created_at::text, r.updated_at::text])::text from tenancy.archived_roles() r
        """)

    static let members = Statement(
        "archives.members",
        """
        select to_json(array[m.user_id::text, m.email, m.name, m.role, m.disabled::text, m.created_at::text])::text
        from tenancy.archived_members() m
        """)

    /// $1: how many bytes. The next lines of the cursor that is open.
    static let fetch = Statement("archives.fetch", "select lines, rows from tenancy.fetch_lines('archive', $1)")
    static let close = "close archive"

    /// Puts a cursor over a query's lines in place.
    static func open(_ query: String) -> String { "declare archive no scroll cursor for \(query)" }
}

/// How a tenant is filled.
enum ImportSQL {
    /// $1…$10: id, slug, name, plan, region, time zone, weight, whether a second factor is required, kind, when it was made.
    static let begin = Statement("archives.begin", "select tenancy.begin_import($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", access: .write)
    /// $1: tenant. All that follows is in its name.
    static let enter = Statement("archives.enter", "select tenancy.use(tenancy.import_context($1))", access: .write)
    /// $1…$6: tenant, and the columns of ``ControlTable/roles``.
    static let roles = Statement("archives.import_roles", "select tenancy.import_roles($1, $2, $3, $4, $5, $6)", access: .write)
    /// $1…$7: tenant, and the columns of ``ControlTable/members``.
    static let members = Statement(
        "archives.import_members", "select archived, here from tenancy.import_members($1, $2, $3, $4, $5, $6, $7)", access: .write)
    /// Rows may come before those that they refer to, where a constraint allows it.
    static let wait = "set constraints all deferred"
    /// $1: tenant.
    static let finish = Statement("archives.finish", "select tenancy.finish_import($1)", access: .write)
    /// Says now what constraints that wait for the end have to say.
    static let check = "set constraints all immediate"
}
