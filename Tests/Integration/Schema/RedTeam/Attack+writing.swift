extension Attack {
    /// Every way we know to change another tenant's rows, or to learn from the answer that they are there.
    static let writing: [Attack] = [
        Attack("update {table} set {key} = {key}"), Attack("update {table} set tenant_id = '{B}'"),
        Attack("update {table} set tenant_id = tenant_id"),
        Attack("update {table} set {column} = {column} where tenant_id = '{B}'"), Attack("update {table} set {column} = {column}"),
        Attack("update {table} set {column} = {column} where tenant_id = '{B}' returning *"),
        Attack("update {table} t set {column} = x.{column} from {table} x where x.tenant_id <> t.tenant_id"),
        Attack("update {table} set {column} = default where tenant_id <> '{A}'"),
        Attack("update {table} set ({column}) = (select {column} from {table} where tenant_id = '{B}' limit 1)"),
        Attack("delete from {table} where tenant_id = '{B}'"), Attack("delete from {table} where tenant_id <> '{A}' returning *"),
        Attack("delete from only {table} where {key} in ('{bb}', '{bs}')"),
        Attack("delete from {table} t using {table} x where x.tenant_id = '{B}' and t.tenant_id = x.tenant_id"), Attack("delete from {table}"),
        Attack("with gone as (delete from {table} where tenant_id = '{B}' returning 1) select count(*) from gone"),
        Attack("with changed as (update {table} set {column} = {column} returning tenant_id) select count(*) from changed"),
        Attack("insert into {table} select * from {table}"), Attack("insert into {table} select * from {table} on conflict do nothing"),
        Attack("truncate {table}"), Attack("truncate {table} cascade"), Attack("copy {table} from '/tmp/x'"),
        Attack("copy {table} from program 'true'"),
        Attack("merge into {table} t using {table} s on t.{key} = s.{key} when matched then do nothing"),
        Attack("merge into {table} t using (select '{B}'::uuid as b) s on t.tenant_id = s.b when matched then delete"),
    ]

    /// Ways to hold another tenant's rows, tables or statements up.
    static let blocking: [Attack] =
        [
            "access share", "row share", "row exclusive", "share update exclusive", "share", "share row exclusive", "exclusive", "access exclusive",
        ].map { Attack("lock table {table} in \($0) mode") } + [
            Attack("select {key} from {table} where tenant_id = '{B}' for update"), Attack("select {key} from {table} for key share"),
            Attack("create index on {table} (tenant_id)"), Attack("create index concurrently on {table} (tenant_id)"),
            Attack("reindex table {table}"),
            Attack("vacuum {table}"), Attack("vacuum full {table}"), Attack("analyze {table}"), Attack("cluster {table}"),
        ]

    /// Keys of two tenants that meet: the answers must not depend on what B has.
    static let keys: [Attack] =
        ["'{bb}'", "'{ab}'", "gen_random_uuid()"].flatMap { id in
            [
                Attack("insert into app.businesses (tenant_id, id, name) values ('{A}', \(id), 'x')"),
                Attack("insert into app.businesses (tenant_id, id, name) values ('{B}', \(id), 'x')"),
                Attack("insert into app.businesses (tenant_id, id, name) values ('{A}', \(id), 'x') on conflict do nothing"),
                Attack("insert into app.businesses (tenant_id, id, name) values ('{B}', \(id), 'x') on conflict do nothing"),
                Attack(
                    "insert into app.businesses (tenant_id, id, name) values ('{B}', \(id), 'x') on conflict (tenant_id, id) do update set name = 'x'"
                ),
                Attack(
                    "insert into app.businesses (tenant_id, id, name) values ('{A}', \(id), 'x') on conflict (tenant_id, id) do update set name = 'y'"
                ),
                Attack("insert into app.kpi_sources (tenant_id, id, business_id, name, type) values ('{A}', \(id), '{bb}', 'x', 'upload')"),
                Attack("insert into app.kpi_sources (tenant_id, id, business_id, name, type) values ('{B}', \(id), '{bb}', 'x', 'upload')"),
                Attack("insert into app.kpi_sources (tenant_id, id, business_id, name, type) values ('{A}', \(id), '{ab}', 'secret-of-b', 'upload')"),
                Attack("insert into app.kpi_data (tenant_id, source_id, \"timestamp\", value) values ('{A}', '{bs}', '2026-01-01', 1)"),
                Attack(
                    "insert into app.kpi_data (tenant_id, source_id, \"timestamp\", value) values ('{B}', '{bs}', '2026-01-01', 1) on conflict do nothing"
                ),
            ]
        } + [
            // Cascades end at the tenant.
            Attack("update app.businesses set id = '{bb}' where id = '{ab}'"), Attack("delete from app.businesses where id = '{ab}'"),
            Attack("insert into app.businesses (tenant_id, id, name) values ('{A}', '{bb}', 'x')", "delete from app.businesses where id = '{bb}'"),
            Attack("insert into app.businesses (tenant_id, id, name) values (null, '{bb}', 'x')"),
            Attack("insert into app.businesses (tenant_id, id, name) values ('00000000-0000-0000-0000-000000000000', '{bb}', 'x')"),
            Attack("insert into app.businesses default values"), Attack("set constraints all deferred", "delete from app.businesses"),
        ]
}
