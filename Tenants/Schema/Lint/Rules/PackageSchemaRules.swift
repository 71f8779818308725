/// Rules about what packages bring: a schema whose objects belong to a role of the package's own.
enum PackageSchemaRules {
    static let all = [powers, membership, elsewhere, definer, rule, granted, defaults, tenants, schemaOwner]

    static let powers = LintRule(
        "package_owner_powers", .must, gain: "runs a package's steps past every policy",
        """
        select rolname::text, format('alter role %I nosuperuser nobypassrls nocreaterole nocreatedb noreplication', rolname), null
        from pg_roles
        where starts_with(rolname, $1 || '_o_') and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
        """)

    /// Pitfalls 1 and 7: who becomes the owner by SET ROLE switches row-level security off on its tables. Installers may, they may do more.
    static let membership = LintRule(
        "package_owner_membership", .must, gain: "becomes the owner of a package's tables, or what that owner may become",
        """
        select format('%s in %s', m.member::regrole, m.roleid::regrole), format('revoke %s from %s', m.roleid::regrole, m.member::regrole), null
        from pg_auth_members m join pg_roles r on r.oid = m.member join pg_roles o on o.oid = m.roleid
        where starts_with(r.rolname, $1 || '_o_') or starts_with(o.rolname, $1 || '_o_') and not r.rolcreaterole and not r.rolsuper
        """)

    /// A package's objects stand in its schema and nowhere else.
    static let elsewhere = LintRule(
        "package_object_elsewhere", .must, gain: "puts objects of its own where other statements look",
        """
        select format('%s owned by %s', o.object, r.rolname), '', null
        from (
            select c.oid::regclass::text as object, c.relowner as owner, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            union all
            select p.oid::regprocedure::text, p.proowner, n.nspname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            union all
            select t.oid::regtype::text, t.typowner, n.nspname from pg_type t join pg_namespace n on n.oid = t.typnamespace
        ) as o join pg_roles r on r.oid = o.owner
        where starts_with(r.rolname, $1 || '_o_') and o.nspname <> substr(r.rolname, length($1) + 4) and o.nspname !~ '^pg_toast'
        """)

    /// As the owner such a function may lift FORCE, and read all tenants' rows.
    static let definer = LintRule(
        "package_definer", .must, gain: "runs as the owner of the package's tables, whom policies hold only until it says otherwise",
        """
        select p.oid::regprocedure::text, format('alter function %s security invoker', p.oid::regprocedure), null
        from pg_proc p join pg_roles r on r.oid = p.proowner
        where p.prosecdef and starts_with(r.rolname, $1 || '_o_')
        """)

    /// A rule's statements run with the rights of the table's owner.
    static let rule = LintRule(
        "package_rule", .must, gain: "runs the rule's statements with the owner's rights",
        """
        select format('%I on %s', w.rulename, w.ev_class::regclass), format('drop rule %I on %s', w.rulename, w.ev_class::regclass), null
        from pg_rewrite w join pg_class c on c.oid = w.ev_class join pg_roles r on r.oid = c.relowner
        where w.rulename <> '_RETURN' and starts_with(r.rolname, $1 || '_o_')
        """)

    /// Only the package's own handler and the backup reach what stands in its schema.
    static let granted = LintRule(
        "package_granted", .must, gain: "reaches the package's rows in the name of another handler",
        """
        select format('%s on %s to %s', lower(g.privilege_type), g.object, case g.grantee when 0 then 'public' else g.grantee::regrole::text end),
            '', null
        from (
            select n.nspname, c.oid::regclass::text as object, a.grantee, a.privilege_type
            from pg_class c join pg_namespace n on n.oid = c.relnamespace,
                lateral (
                    select * from aclexplode(c.relacl)
                    union
                    select x.* from pg_attribute t, aclexplode(t.attacl) x where t.attrelid = c.oid
                ) a
            union all
            select n.nspname, p.oid::regprocedure::text, a.grantee, a.privilege_type
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace, aclexplode(p.proacl) a
            union all
            select n.nspname, format('schema %I', n.nspname), a.grantee, a.privilege_type from pg_namespace n, aclexplode(n.nspacl) a
        ) as g join pg_roles o on o.rolname = $1 || '_o_' || g.nspname left join pg_roles r on r.oid = g.grantee
        where r.rolname is null or r.rolname not in (o.rolname, $1 || '_h_' || g.nspname, $1 || '_backup', $1 || '_owner', $1 || '_h_archive')
        """)

    static let defaults = LintRule(
        "package_default_grants", .must, gain: "reaches each new table of the package",
        """
        select format('%s of %s', d.defaclobjtype, r.rolname), 'alter default privileges … revoke', null
        from pg_default_acl d join pg_roles r on r.oid = d.defaclrole where starts_with(r.rolname, $1 || '_o_')
        """)

    /// A tenant that is removed takes its rows along, or a package could keep every tenant from being removed.
    static let tenants = LintRule(
        "package_keeps_tenants", .must, gain: "nothing; but no tenant with a row there can be removed",
        """
        select format('%I on %s', k.conname, k.conrelid::regclass), 'references tenancy.tenants (id) on delete cascade', null
        from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_roles r on r.oid = c.relowner
        where k.contype = 'f' and k.confrelid = to_regclass('tenancy.tenants') and k.confdeltype <> 'c' and starts_with(r.rolname, $1 || '_o_')
        """)

    static let schemaOwner = LintRule(
        "package_schema_owner", .must, gain: "opens the package's schema to others",
        """
        select format('schema %I owned by %s', n.nspname, n.nspowner::regrole), format('alter schema %I owner to %I', n.nspname, $1 || '_owner'), null
        from pg_namespace n join pg_roles o on o.rolname = $1 || '_o_' || n.nspname
        where n.nspowner <> (select oid from pg_roles where rolname = $1 || '_owner')
        """)
}
