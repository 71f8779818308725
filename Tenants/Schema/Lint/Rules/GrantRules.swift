/// Rules about who may do what.
enum GrantRules {
    static let all = [dangerous, everybody, shared, beyondManifest, create, defaults]

    /// Pitfall 18: these verbs do not ask row-level security.
    static let dangerous = LintRule(
        "grant_past_policy", .must, gain: "empties the table for all tenants, or learns through its own foreign keys or triggers what it holds",
        """
        select format('%s on %s to %s', a.privilege_type, c.oid::regclass, case a.grantee when 0 then 'public' else a.grantee::regrole::text end),
            format('revoke %s on %s from %s', a.privilege_type, c.oid::regclass, case a.grantee when 0 then 'public' else a.grantee::regrole::text end), null
        from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a left join pg_roles r on r.oid = a.grantee
        where c.relkind in ('r', 'p', 'v') and a.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER')
            and n.nspname not in ('pg_catalog', 'information_schema')
            and (a.grantee = 0 or starts_with(r.rolname, $1 || '_h_') or r.rolname in ($1 || '_host', $1 || '_admin', $1 || '_backup'))
        """)

    static let everybody = LintRule(
        "grant_to_everybody", .must, gain: "reaches what its manifest does not list",
        """
        select distinct format('%s %s', c.oid::regclass, lower(a.privilege_type)), format('revoke all on %s from public', c.oid::regclass), null
        from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
        where a.grantee = 0 and n.nspname in ('app', 'tenancy', 'identity', 'reference', 'jobs', 'feed', 'runtime')
        union all
        select p.oid::regprocedure::text, format('revoke execute on routine %s from public', p.oid::regprocedure), null
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('app', 'tenancy', 'identity', 'reference', 'jobs', 'feed', 'runtime') and not p.prosecdef
            and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)
        union all
        select format('schema %I', n.nspname), format('revoke all on schema %I from public', n.nspname), null
        from pg_namespace n, aclexplode(n.nspacl) a
        where a.grantee = 0 and n.nspname not in ('pg_catalog', 'information_schema', 'public')
        """)

    /// The other classes of data are reached through functions alone; reference data is only read.
    static let shared = LintRule(
        "shared_table_granted", .must, gain: "reads or changes what belongs to all tenants together",
        """
        select format('%s on %s to %s', a.privilege_type, c.oid::regclass, a.grantee::regrole),
            format('revoke %s on %s from %s', a.privilege_type, c.oid::regclass, a.grantee::regrole), null
        from pg_class c join pg_namespace n on n.oid = c.relnamespace,
            lateral (
                select * from aclexplode(c.relacl)
                union
                select x.* from pg_attribute t, aclexplode(t.attacl) x where t.attrelid = c.oid
            ) a join pg_roles r on r.oid = a.grantee
        where n.nspname in ('tenancy', 'identity', 'reference') and starts_with(r.rolname, $1 || '_h_')
            and not (n.nspname = 'reference' and a.privilege_type = 'SELECT')
        """)

    /// What a role may do and its manifest does not list.
    static let beyondManifest = LintRule(
        "grant_beyond_manifest", .must, gain: "reaches what its manifest does not list",
        """
        with granted as (
            select r.rolname, format('%I.%I', n.nspname, c.relname) as object, lower(a.privilege_type) as verb, 'table' as kind,
                c.oid::regclass::text as signature, c.oid as relation
            from pg_class c join pg_namespace n on n.oid = c.relnamespace,
                lateral (
                    select * from aclexplode(c.relacl)
                    union
                    select x.* from pg_attribute t, aclexplode(t.attacl) x where t.attrelid = c.oid
                ) a join pg_roles r on r.oid = a.grantee
            where starts_with(r.rolname, $1 || '_h_')
            union
            select r.rolname, format('%I.%I', n.nspname, p.proname), 'execute', 'routine', p.oid::regprocedure::text, null
            from pg_proc p join pg_namespace n on n.oid = p.pronamespace, aclexplode(p.proacl) a join pg_roles r on r.oid = a.grantee
            where starts_with(r.rolname, $1 || '_h_')
                and not (n.nspname = 'tenancy' and p.proname in ('use', 'tenant_id', 'user_id', 'consume', 'is_import'))
                and not (n.nspname = 'jobs' and p.proname in ('enqueue', 'cancel', 'data', 'advance', 'fence', 'complete'))
                and not (n.nspname = 'runtime' and p.proname in ('claim_key', 'keep_answer'))
        )
        select format('%s %s by %s', g.verb, g.signature, g.rolname), format('revoke %s on %s %s from %I', g.verb, g.kind, g.signature, g.rolname), null
        from granted g
        where not exists (
            select from tenancy.handlers h where $1 || '_h_' || h.name = g.rolname and h.grants -> g.object ? g.verb)
            -- Archives hold whole tenants: that one role is lent every table that the policy closes.
            and not (g.rolname = $1 || '_h_archive' and g.verb in ('select', 'insert') and exists (
                select from pg_policy p where p.polrelid = g.relation and p.polname = 'tenant'))
        """)

    /// Pitfalls 6 and 27: an object of one's own changes what others' statements mean.
    static let create = LintRule(
        "create_granted", .must, gain: "puts objects of its own where other statements look",
        """
        select format('schema %I by %s', n.nspname, r.rolname), format('revoke create on schema %I from public, %I', n.nspname, r.rolname), null
        from pg_namespace n, pg_roles r
        where (starts_with(r.rolname, $1 || '_h_') or r.rolname = $1 || '_host') and n.nspname !~ '^pg_temp'
            and has_schema_privilege(r.oid, n.oid, 'create')
        union all
        select format('database %I by %s', current_database(), r.rolname),
            format('revoke create on database %I from public, %I', current_database(), r.rolname), null
        from pg_roles r
        where (starts_with(r.rolname, $1 || '_h_') or r.rolname = $1 || '_host') and has_database_privilege(r.oid, current_database(), 'create')
        """)

    /// What is made tomorrow would be open at once.
    static let defaults = LintRule(
        "default_grants", .must, gain: "reaches each new table or function of the owner",
        """
        select format('%s to %s', case d.defaclobjtype when 'r' then 'tables' when 'f' then 'functions' else d.defaclobjtype::text end,
                case a.grantee when 0 then 'public' else a.grantee::regrole::text end),
            'alter default privileges … revoke', null
        from pg_default_acl d join pg_roles o on o.oid = d.defaclrole, aclexplode(d.defaclacl) a left join pg_roles r on r.oid = a.grantee
        where o.rolname in ($1 || '_owner', $1 || '_migrator') and (a.grantee = 0 or starts_with(r.rolname, $1 || '_h_'))
        """)
}
