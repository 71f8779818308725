/// Rules about tables and views that hold tenants' rows: all schemas but those of the other classes of data.
enum TableRules {
    static let all = [rowSecurity, policy, strangePolicy, tenantColumn, partition, view, trigger, sequence, outlives]

    /// Pitfalls 2, 3 and 10: ENABLE without FORCE, a new table without either, a partition read past its parent.
    static let rowSecurity = LintRule(
        "table_without_row_security", .must, gain: "reads and writes every tenant's rows in it",
        """
        select c.oid::regclass::text, format('select tenancy.protect(%L)', c.oid::regclass), null
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
            and n.nspname not in ('pg_catalog', 'information_schema', 'tenancy', 'identity', 'reference') and n.nspname !~ '^pg_(toast|temp)'
            and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
        """)

    /// Pitfalls 2 and 24: a policy that lacks USING or WITH CHECK, or says anything but the generator's text.
    static let policy = LintRule(
        "table_without_policy", .must, gain: "reads other tenants' rows in it, or moves its own to another tenant",
        """
        select c.oid::regclass::text, format('select tenancy.protect(%L)', c.oid::regclass), null
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p')
            and n.nspname not in ('pg_catalog', 'information_schema', 'tenancy', 'identity', 'reference') and n.nspname !~ '^pg_(toast|temp)'
            and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
            and not exists (
                select from pg_policy p
                where p.polrelid = c.oid and p.polname = 'tenant' and p.polcmd = '*' and p.polroles = '{0}'
                    and pg_get_expr(p.polqual, c.oid) in (
                        '(tenant_id = ( SELECT tenancy.tenant_id() AS tenant_id))', '(tenant_id = tenancy.tenant_id())')
                    and pg_get_expr(p.polwithcheck, c.oid) = pg_get_expr(p.polqual, c.oid))
        """)

    /// Pitfall 25: permissive policies widen each other. Only the host may have one of its own, for the queues that it empties.
    static let strangePolicy = LintRule(
        "second_policy", .must, gain: "sees the rows that the second policy opens",
        """
        select format('%s on %s', quote_ident(p.polname), p.polrelid::regclass), format('drop policy %I on %s', p.polname, p.polrelid::regclass), null
        from pg_policy p
        where p.polpermissive and p.polname <> 'tenant'
            and not exists (select from pg_roles r where r.rolname = $1 || '_host' and p.polroles = array[r.oid])
        """)

    /// The tenant stands first in the primary key, is a uuid and never null.
    static let tenantColumn = LintRule(
        "table_without_tenant", .must, gain: "keys of one tenant meet those of others",
        """
        select c.oid::regclass::text, 'declare tenant_id uuid not null and put it first in the primary key', null
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p')
            and n.nspname not in ('pg_catalog', 'information_schema', 'tenancy', 'identity', 'reference') and n.nspname !~ '^pg_(toast|temp)'
            and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
            and not exists (
                select from pg_attribute a join pg_index i on i.indrelid = a.attrelid and i.indisprimary and i.indkey[0] = a.attnum
                where a.attrelid = c.oid and a.attname = 'tenant_id' and a.atttypid = 'uuid'::regtype and a.attnotnull)
        """)

    /// Pitfall 10: what is granted on a partition is not held by its parent's policy.
    static let partition = LintRule(
        "partition_granted", .must, gain: "reads the partition past its parent",
        """
        select distinct format('%s to %s', c.oid::regclass, a.grantee::regrole), format('revoke all on %s from %s', c.oid::regclass, a.grantee::regrole), null
        from pg_class c join pg_inherits h on h.inhrelid = c.oid, aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
        where c.relkind in ('r', 'p') and starts_with(r.rolname, $1 || '_h_')
        """)

    /// Pitfall 8: such views read as their owner; materialized ones never filter.
    static let view = LintRule(
        "view_past_policy", .must, gain: "reads through the view what its owner may read",
        """
        select c.oid::regclass::text,
            case c.relkind when 'v' then format('alter view %s set (security_invoker = true)', c.oid::regclass)
                else format('drop materialized view %s', c.oid::regclass) end, null
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
            and (c.relkind = 'm' or c.relkind = 'v' and not coalesce(c.reloptions @> '{security_invoker=true}', false))
            and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
        """)

    /// Pitfall 52: a notification in every commit lets all tenants wait for each other.
    static let trigger = LintRule(
        "trigger_notifies", .must, gain: "nothing; but every commit waits for all others",
        """
        select format('%I on %s', t.tgname, t.tgrelid::regclass), format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass), null
        from pg_trigger t join pg_proc p on p.oid = t.tgfoid
        where not t.tgisinternal and p.prosrc ~* '\\m(pg_)?notify\\M'
        """)

    /// A tenant that is erased takes its rows along: by a chain of keys that cascade.
    static let outlives = LintRule(
        "table_outlives_tenant", .must, gain: "nothing; but rows of an erased tenant stay",
        """
        with recursive hanging as (
            select to_regclass('tenancy.tenants')::oid as table_id
            union
            select k.conrelid from pg_constraint k join hanging h on h.table_id = k.confrelid where k.contype = 'f' and k.confdeltype = 'c'
        )
        select c.oid::regclass::text,
            format('alter table %s add foreign key (tenant_id) references tenancy.tenants (id) on delete cascade', c.oid::regclass), null
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relispartition and c.oid not in (select table_id from hanging)
            and n.nspname not in ('pg_catalog', 'information_schema', 'tenancy', 'identity', 'reference') and n.nspname !~ '^pg_(toast|temp)'
            and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
        """)

    /// Pitfall 23: numbers from one sequence tell how much all tenants write.
    static let sequence = LintRule(
        "shared_sequence", .must, gain: "reads from its own numbers how much other tenants write, and guesses theirs",
        """
        select format('%s used by %s', s.oid::regclass, d.refobjid::regclass), format('use a UUID of version 7 in %s', d.refobjid::regclass), null
        from pg_class s join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.oid and d.deptype in ('a', 'i')
            join pg_class c on c.oid = d.refobjid join pg_namespace n on n.oid = c.relnamespace
        where s.relkind = 'S' and d.refclassid = 'pg_class'::regclass
            and n.nspname not in ('pg_catalog', 'information_schema', 'tenancy', 'identity', 'reference')
        """)
}
