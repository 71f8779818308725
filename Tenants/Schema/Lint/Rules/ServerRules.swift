/// Rules about the server: every revoke is read back for every handler's role, since an installer without superuser rights is only warned.
enum ServerRules {
    static let all = [functions, relations, columns, languages, temporary, publicSchema, version, extensions, prepared, encryption]

    /// Pitfalls 15, 16 and 55.
    static let functions = LintRule(
        "closed_function", .weaker, gain: "",
        """
        select format('%s (%s)', string_agg(distinct c.function::text, ', ' order by c.function::text), count(distinct c.function)),
            'call tenancy.harden() as a superuser', c.gain
        from tenancy.closed_functions() c, pg_roles r
        where (starts_with(r.rolname, $1 || '_h_') or r.rolname = $1 || '_admin') and has_function_privilege(r.oid, c.function, 'execute')
        group by c.gain
        """)

    static let relations = LintRule(
        "closed_relation", .weaker, gain: "",
        """
        select format('%s (%s)', string_agg(distinct c.relation::text, ', ' order by c.relation::text), count(distinct c.relation)),
            'call tenancy.harden() as a superuser', c.gain
        from tenancy.closed_relations() c, pg_roles r
        where (starts_with(r.rolname, $1 || '_h_') or r.rolname = $1 || '_admin') and has_table_privilege(r.oid, c.relation, 'select')
        group by c.gain
        """)

    static let columns = LintRule(
        "closed_column", .weaker, gain: "",
        """
        select format('%s (%s)', c.relation, string_agg(distinct k.name, ', ')), 'call tenancy.harden() as a superuser', c.gain
        from tenancy.closed_columns() c, unnest(c.columns) as k (name), pg_roles r
        where (starts_with(r.rolname, $1 || '_h_') or r.rolname = $1 || '_admin') and has_column_privilege(r.oid, c.relation, k.name, 'select')
        group by c.relation, c.gain
        """)

    static let languages = LintRule(
        "language_usable", .weaker, gain: "runs DO blocks: loops that hide refusals and burn time in one statement",
        """
        select format('%I by %s', l.lanname, r.rolname), format('revoke usage on language %I from public', l.lanname), null
        from pg_language l, pg_roles r
        where starts_with(r.rolname, $1 || '_h_') and l.lanpltrusted and has_language_privilege(r.oid, l.oid, 'usage')
        """)

    /// Pitfall 27.
    static let temporary = LintRule(
        "temporary_tables", .weaker, gain: "puts a table of its own in front of others' on a connection of its own",
        """
        select format('database %I by %s', current_database(), r.rolname), format('revoke temporary on database %I from public', current_database()), null
        from pg_roles r
        where starts_with(r.rolname, $1 || '_h_') and has_database_privilege(r.oid, current_database(), 'temporary')
        """)

    static let publicSchema = LintRule(
        "public_schema", .weaker, gain: "reaches whatever anybody puts into the schema public",
        """
        select format('schema public by %s', r.rolname), 'revoke all on schema public from public', null
        from pg_roles r join pg_namespace n on n.nspname = 'public'
        where starts_with(r.rolname, $1 || '_h_') and has_schema_privilege(r.oid, n.oid, 'usage')
        """)

    /// Pitfall 30: the releases with CVE-2024-10976 (policies forgotten below a sub-query) and CVE-2025-8713 (statistics past policies) mended.
    static let version = LintRule(
        "server_version", .must, gain: "reads rows or statistics past policies: CVE-2024-10976, CVE-2025-8713",
        """
        select current_setting('server_version'), 'update to 15.14, 16.10, 17.6 or later', null
        where current_setting('server_version_num')::int < case current_setting('server_version_num')::int / 10000
            when 15 then 150014 when 16 then 160010 when 17 then 170006 when 18 then 180000 else 150014 end
        """)

    static let extensions = LintRule(
        "extension_reaches_out", .must, gain: "runs statements on another connection or server, or reads other tenants' statements",
        """
        select e.extname::text, format('drop extension %I', e.extname), null
        from pg_extension e
        where e.extname in ('dblink', 'postgres_fdw', 'file_fdw', 'adminpack', 'plperlu', 'plpython3u', 'pltclu', 'pageinspect', 'pg_walinspect')
            and exists (
                select from pg_depend d join pg_proc p on p.oid = d.objid, pg_roles r
                where d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.classid = 'pg_proc'::regclass
                    and starts_with(r.rolname, $1 || '_h_') and has_function_privilege(r.oid, p.oid, 'execute'))
        union all
        select e.extname::text, format('revoke all on %s from public', c.oid::regclass), null
        from pg_extension e join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.classid = 'pg_class'::regclass
            join pg_class c on c.oid = d.objid, pg_roles r
        where e.extname in ('pg_stat_statements', 'pg_buffercache', 'pg_stat_kcache', 'pg_store_plans') and starts_with(r.rolname, $1 || '_h_')
            and has_table_privilege(r.oid, c.oid, 'select')
        """)

    static let prepared = LintRule(
        "prepared_transactions", .weaker, gain: "leaves a transaction behind that keeps its locks after the connection is gone",
        """
        select format('max_prepared_transactions = %s', current_setting('max_prepared_transactions')),
            'alter system set max_prepared_transactions = 0', null
        where current_setting('max_prepared_transactions')::int > 0
        """)

    static let encryption = LintRule(
        "password_encryption", .weaker, gain: "breaks a stolen password's hash sooner",
        """
        select format('password_encryption = %s', current_setting('password_encryption')), 'alter system set password_encryption = ''scram-sha-256''', null
        where current_setting('password_encryption') <> 'scram-sha-256'
        """)
}
