/// Rules about the signed context itself.
enum ContextRules {
    static let all = [functions, keys, signing]

    /// The checks are the installation's own and run as its owner.
    static let functions = LintRule(
        "context_function", .must, gain: "puts a check of its own in the place of the signature's",
        """
        select w.name, 'apply the migrations again in a new database and compare', null
        from unnest(array['tenancy.tenant_id()', 'tenancy.user_id()', 'tenancy.require_identity()', 'tenancy.require_system()',
            'tenancy.require_operator()']) as w (name)
        where not exists (
            select from pg_proc p join pg_roles r on r.oid = p.proowner
            where p.oid = to_regprocedure(w.name) and p.prosecdef and p.provolatile = 's' and p.proparallel = 's' and r.rolname = $1 || '_owner'
                and p.prosrc ~ 'sha256' and p.prosrc ~ format('session_user = ''%s_h_''', $1) and p.prosrc ~ 'clock_timestamp')
        """)

    /// Whoever reads a key writes contexts for every tenant.
    static let keys = LintRule(
        "signing_keys_readable", .must, gain: "signs contexts of every tenant",
        """
        select format('tenancy.keys by %s', case a.grantee when 0 then 'public' else a.grantee::regrole::text end),
            format('revoke all on tenancy.keys from %s', case a.grantee when 0 then 'public' else a.grantee::regrole::text end), null
        from pg_class c,
            lateral (
                select * from aclexplode(c.relacl)
                union
                select x.* from pg_attribute t, aclexplode(t.attacl) x where t.attrelid = c.oid
            ) a
        where c.oid = to_regclass('tenancy.keys') and a.grantee <> c.relowner
        """)

    static let signing = LintRule(
        "signing_key_callable", .must, gain: "signs contexts of every tenant",
        """
        select format('%s by %s', p.oid::regprocedure, case a.grantee when 0 then 'public' else a.grantee::regrole::text end),
            format('revoke execute on function %s from %s', p.oid::regprocedure, case a.grantee when 0 then 'public' else a.grantee::regrole::text end), null
        from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a left join pg_roles r on r.oid = a.grantee
        where p.oid in (to_regprocedure('tenancy.signing_key()'), to_regprocedure('tenancy.rotate()')) and a.grantee <> p.proowner
            and r.rolname is distinct from case p.proname when 'rotate' then $1 || '_admin' else $1 || '_host' end
        """)
}
