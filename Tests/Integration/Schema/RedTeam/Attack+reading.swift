extension Attack {
    /// Every way we know to read, count or infer rows of a table.
    static let reading: [Attack] =
        conditions.map { Attack("select {column} from {table} where \($0) order by {key}") }
        + conditions.map { Attack("select count(*) from {table} where \($0)") } + shapes

    private static let conditions = [
        "true", "tenant_id = '{B}'", "tenant_id <> '{A}'", "tenant_id is distinct from '{A}'", "not (tenant_id = '{A}')", "tenant_id > '{A}'",
        "tenant_id between '{A}' and '{B}'", "tenant_id in ('{A}', '{B}')", "tenant_id = any (array['{B}'::uuid])",
        "tenant_id::text like '%'", "tenant_id = '{A}' or true", "tenant_id = '{A}' or tenant_id = '{B}'", "tenant_id is not null",
        "coalesce(tenant_id, '{B}') = '{B}'", "case when tenant_id = '{B}' then true else false end", "(tenant_id, 1) = ('{B}', 1)",
        "{key} = '{bb}' or {key} = '{bs}'", "exists (select from {table} x where x.tenant_id = '{B}')", "{column}::text = 'secret-of-b'",
        "{column}::text ~ '^s'", "md5({column}::text) < 'z'",
        // Leaks before the filter, were the filter applied later: an error would tell of B's row.
        "1 / (case when tenant_id = '{B}' then 0 else 1 end) = 1", "(case when tenant_id = '{A}' then '1' else {column}::text end)::float8 > 0",
        "length(repeat({column}::text, case when tenant_id = '{B}' then 300000000 else 1 end)) > 0", "tenant_id = (select '{B}'::uuid)",
        "tenant_id = (select tenant_id from {table} where tenant_id <> '{A}' limit 1)", "pg_typeof(tenant_id) = 'uuid'::regtype",
    ]

    private static let shapes = [
        Attack("table {table}"), Attack("select * from only {table}"), Attack("select t from {table} t"),
        Attack("select row_to_json(t) from {table} t"),
        Attack("select json_agg(t order by t.{key}) from {table} t"), Attack("select array_agg({column} order by {key}) from {table}"),
        Attack("select min({column}::text), max({column}::text), count(distinct tenant_id) from {table}"),
        Attack("select tenant_id, count(*) from {table} group by tenant_id"), Attack("select distinct tenant_id from {table}"),
        Attack("select tenant_id, count(*) over () from {table} order by {key}"), Attack("select rank() over (order by tenant_id) from {table}"),
        Attack("select count(*) filter (where tenant_id = '{B}') from {table}"),
        Attack("select tenant_id, count(*) from {table} group by grouping sets ((tenant_id), ()) order by 2"),
        Attack("with x as (select * from {table}) select count(*) from x where tenant_id = '{B}'"),
        Attack("with x as materialized (select * from {table}) select count(*) from x"),
        Attack("with recursive x as (select tenant_id from {table} union select tenant_id from {table}) select count(*) from x"),
        Attack("select count(*) from {table} a join {table} b on a.tenant_id <> b.tenant_id"),
        Attack("select count(*) from {table} a full join {table} b on a.{key} = b.{key}"),
        Attack("select count(*) from {table} a, lateral (select * from {table} b where b.tenant_id <> a.tenant_id) c"),
        Attack("select count(*) from (values ('{A}'::uuid), ('{B}'::uuid)) v (t) left join {table} x on x.tenant_id = v.t group by v.t order by v.t"),
        Attack("select {key} from {table} union all select {key} from {table} where tenant_id = '{B}' order by 1"),
        Attack("select {key} from {table} except select {key} from {table} where tenant_id = '{A}'"),
        Attack("select count(*) from {table} tablesample system (100)"),
        Attack("select count(*) from {table} tablesample bernoulli (100) repeatable (1)"),
        Attack("select {key} from {table} for update"), Attack("select {key} from {table} for share skip locked"),
        Attack("select {key} from {table} where tenant_id = '{B}' for no key update nowait"),
        Attack("select ctid, {key} from {table}"), Attack("select xmin, xmax, cmin from {table}"), Attack("select tableoid from {table}"),
        Attack("select * from {table} offset 1 limit 1"), Attack("select 1 from {table} where tenant_id = '{B}' fetch first row only"),
        Attack("declare c cursor for select * from {table}", "fetch all from c"),
        Attack("declare c scroll cursor with hold for select * from {table}", "fetch last from c"),
        Attack("prepare p as select * from {table}", "execute p", "deallocate p"),
        Attack("prepare p (uuid) as select count(*) from {table} where tenant_id = $1", "execute p ('{B}')"),
        Attack("select query_to_xml('select * from {table}', true, true, '')"), Attack("select table_to_xml('{table}', true, true, '')"),
        Attack("select cursor_to_xml('x', 1, true, true, '')"), Attack("select schema_to_xml('app', true, true, '')"),
        Attack("select * from ts_stat('select to_tsvector({column}::text) from {table}')"),
        Attack("select (query_to_xml('select count(*) from {table}', true, true, ''))::text"),
        Attack("select setseed(0.5), random(), count(*) from {table}"),
        Attack("set enable_indexscan = off", "set enable_bitmapscan = off", "select count(*) from {table}"),
        Attack(
            "set max_parallel_workers_per_gather = 4", "set parallel_setup_cost = 0", "set min_parallel_table_scan_size = 0",
            "select count(*) from {table}"),
        Attack("set plan_cache_mode = force_generic_plan", "select count(*) from {table} where tenant_id = '{B}'"),
        Attack("set row_security = off", "select count(*) from {table}"), Attack("copy {table} to '/tmp/x'"), Attack("copy {table} to program 'cat'"),
    ]
}
