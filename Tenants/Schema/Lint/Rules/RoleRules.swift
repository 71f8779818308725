/// Rules about the roles themselves.
enum RoleRules {
    static let all = [privileged, membership, ownership, foreignMembers, settings, backup]

    /// Pitfall 1: such a role is not held by policies at all.
    static let privileged = LintRule(
        "role_privileged", .must, gain: "reads and writes every tenant's rows: policies do not hold this role",
        """
        select rolname::text, format('alter role %I nosuperuser nobypassrls nocreaterole nocreatedb noreplication', rolname), null
        from pg_roles
        where (starts_with(rolname, $1 || '_h_') or rolname in ($1 || '_owner', $1 || '_migrator', $1 || '_host', $1 || '_admin'))
            and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
        """)

    /// Pitfall 7: SET ROLE reaches every role that one is a member of.
    static let membership = LintRule(
        "role_membership", .must, gain: "becomes the other role by SET ROLE",
        """
        select format('%s in %s', m.member::regrole, m.roleid::regrole), format('revoke %s from %s', m.roleid::regrole, m.member::regrole), null
        from pg_auth_members m join pg_roles r on r.oid = m.member
        where starts_with(r.rolname, $1 || '_h_') or r.rolname in ($1 || '_host', $1 || '_admin', $1 || '_owner', $1 || '_backup')
        """)

    /// Somebody in the role of a handler signs contexts' session_user checks away only if he signs in as it; roles that may act as it are named.
    static let foreignMembers = LintRule(
        "owner_members", .must, gain: "acts as the owner of all tables",
        """
        select format('%s in %s', m.member::regrole, m.roleid::regrole), format('revoke %s from %s', m.roleid::regrole, m.member::regrole), null
        from pg_auth_members m join pg_roles r on r.oid = m.member join pg_roles o on o.oid = m.roleid
        where o.rolname = $1 || '_owner' and r.rolname <> $1 || '_migrator' and not r.rolcreaterole and not r.rolsuper
        """)

    /// Pitfall 1: owners may switch row-level security off.
    static let ownership = LintRule(
        "role_owns", .must, gain: "switches row-level security off on what it owns",
        """
        select format('%s owned by %s', c.oid::regclass, c.relowner::regrole), format('alter table %s owner to %I', c.oid::regclass, $1 || '_owner'), null
        from pg_class c join pg_roles r on r.oid = c.relowner
        where starts_with(r.rolname, $1 || '_h_') or r.rolname in ($1 || '_host', $1 || '_admin', $1 || '_backup', $1 || '_migrator')
        union all
        select format('schema %I owned by %s', n.nspname, n.nspowner::regrole), format('alter schema %I owner to %I', n.nspname, $1 || '_owner'), null
        from pg_namespace n join pg_roles r on r.oid = n.nspowner
        where starts_with(r.rolname, $1 || '_h_') or r.rolname in ($1 || '_host', $1 || '_admin', $1 || '_backup', $1 || '_migrator')
        union all
        select format('%s owned by %s', p.oid::regprocedure, p.proowner::regrole), format('alter routine %s owner to %I', p.oid::regprocedure, $1 || '_owner'),
            null
        from pg_proc p join pg_roles r on r.oid = p.proowner
        where starts_with(r.rolname, $1 || '_h_') or r.rolname in ($1 || '_host', $1 || '_admin', $1 || '_backup', $1 || '_migrator')
        """)

    /// Every role may change its own settings, and all its later sessions begin with them.
    static let settings = LintRule(
        "role_settings", .must, gain: "nothing; but each later session of the handler fails, stalls or begins otherwise, for all tenants",
        """
        select format('%s of %s%s', s.setting, r.rolname, case when d.setdatabase <> 0 then ' in one database' else '' end),
            format('alter role %I%s reset %s', r.rolname,
                (select ' in database ' || quote_ident(b.datname) from pg_database b where b.oid = d.setdatabase), split_part(s.setting, '=', 1)), null
        from pg_db_role_setting d join pg_roles r on r.oid = d.setrole, unnest(d.setconfig) as s (setting)
        where (starts_with(r.rolname, $1 || '_h_') or r.rolname in ($1 || '_host', $1 || '_admin'))
            and d.setdatabase in (0, (select oid from pg_database where datname = current_database()))
            and not (d.setdatabase = 0 and starts_with(r.rolname, $1 || '_h_') and s.setting in (
                'search_path=pg_catalog', 'statement_timeout=10min', 'lock_timeout=10s', 'idle_in_transaction_session_timeout=30s',
                'max_parallel_workers_per_gather=0', 'jit=off'))
        """)

    /// Pitfalls 19 and 55: a dump by a role that policies hold is refused, or would lack rows.
    static let backup = LintRule(
        "backup_role", .weaker, gain: "nothing; but dumps need another role that reads past row-level security, such as the provider's own",
        """
        select $1 || '_backup', format('alter role %I bypassrls', $1 || '_backup'), null
        where not exists (select from pg_roles where rolname = $1 || '_backup' and rolbypassrls)
        """)
}
