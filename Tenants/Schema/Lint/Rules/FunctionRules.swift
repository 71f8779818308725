/// Rules about functions that run with their owner's rights.
enum FunctionRules {
    static let all = [searchPath, owner, everybody, tenantTables]

    /// Pitfall 9: whoever sets the search path chooses what the function calls.
    static let searchPath = LintRule(
        "definer_search_path", .must, gain: "lets the function run objects of its own with the owner's rights",
        """
        select p.oid::regprocedure::text, format('alter function %s set search_path = pg_catalog, pg_temp', p.oid::regprocedure), null
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')
            and not exists (select from unnest(p.proconfig) as s (setting) where s.setting ~ '^search_path=')
        """)

    /// Pitfall 9: such an owner is not held by policies.
    static let owner = LintRule(
        "definer_owner", .must, gain: "runs the function's statements past every policy",
        """
        select p.oid::regprocedure::text, format('alter function %s owner to %I', p.oid::regprocedure, $1 || '_owner'), null
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles r on r.oid = p.proowner
        where p.prosecdef and (r.rolsuper or r.rolbypassrls) and n.nspname not in ('pg_catalog', 'information_schema')
            and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
        """)

    static let everybody = LintRule(
        "definer_for_everybody", .must, gain: "calls with the owner's rights what was meant for one role",
        """
        select p.oid::regprocedure::text, format('revoke execute on function %s from public', p.oid::regprocedure), null
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')
            and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)
        """)

    /// Under FORCE such a function needs the caller's context anyway, and on a sharded server it fails.
    static let tenantTables = LintRule(
        "definer_touches_tenants", .must, gain: "reaches tenants' rows with the owner's rights",
        """
        select p.oid::regprocedure::text, format('alter function %s security invoker', p.oid::regprocedure), null
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')
            and exists (
                select from pg_class c join pg_namespace t on t.oid = c.relnamespace
                where c.relkind in ('r', 'p', 'v') and c.relrowsecurity
                    and t.nspname not in ('pg_catalog', 'information_schema', 'tenancy', 'identity', 'reference')
                    and p.prosrc ~* ('\\m' || t.nspname || '"?\\s*\\.\\s*"?' || c.relname || '\\M'))
        """)
}
