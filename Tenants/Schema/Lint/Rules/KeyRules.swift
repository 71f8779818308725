/// Rules about indexes and foreign keys of tenants' tables: those that have the column tenant_id.
enum KeyRules {
    static let all = [unique, foreignKey]

    /// Pitfall 11: a duplicate tells that another tenant has the value.
    static let unique = LintRule(
        "unique_without_tenant", .must, gain: "learns from a duplicate that another tenant has the value",
        """
        select format('%s on %s', i.indexrelid::regclass, i.indrelid::regclass),
            format('drop %s and make it again with tenant_id first', i.indexrelid::regclass), null
        from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        where (i.indisunique or i.indisexclusion)
            and n.nspname not in ('pg_catalog', 'information_schema', 'tenancy', 'identity', 'reference') and n.nspname !~ '^pg_(toast|temp)'
            and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
            and not exists (
                select from pg_attribute a where a.attrelid = i.indrelid and a.attnum = i.indkey[0] and a.attname = 'tenant_id')
        """)

    /// Pitfalls 12 and 13: such a key accepts another tenant's parent, and its cascade deletes another tenant's rows.
    static let foreignKey = LintRule(
        "foreign_key_without_tenant", .must, gain: "learns that another tenant has a row, hangs its own under it, and loses it with the other's",
        """
        select format('%I on %s', k.conname, k.conrelid::regclass),
            format('drop %I and make it again with tenant_id first on both sides', k.conname), null
        from pg_constraint k
            join pg_class child on child.oid = k.conrelid join pg_namespace n on n.oid = child.relnamespace
            join pg_class parent on parent.oid = k.confrelid join pg_namespace m on m.oid = parent.relnamespace
        where k.contype = 'f'
            and n.nspname not in ('tenancy', 'identity', 'reference') and m.nspname not in ('tenancy', 'identity', 'reference')
            and not exists (
                select from generate_subscripts(k.conkey, 1) as s (i)
                    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[s.i] and a.attname = 'tenant_id'
                    join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[s.i] and b.attname = 'tenant_id')
        """)
}
