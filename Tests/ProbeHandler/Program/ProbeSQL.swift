import HandlerKit

enum ProbeSQL {
    static let sleep = Statement("probe.sleep", "select pg_catalog.pg_sleep($2)::text")

    static let entries = Statement(
        "probe.entries", "select number, text from probe.entries where tenant_id = $1 order by number", cost: .short)

    static let entriesAfter = Statement(
        "probe.entries_after", "select number, text from probe.entries where tenant_id = $1 and number > $2 order by number limit $3", cost: .short)

    static let last = Statement(
        "probe.last", "select coalesce(max(number), 0) from probe.entries where tenant_id = $1", cost: .short)

    static let insert = Statement(
        "probe.insert", "insert into probe.entries (tenant_id, number, text) values ($1, $2, $3)", access: .write, cost: .short)

    /// Fails while it runs, with an error that names things of the database.
    static let broken = Statement(
        "probe.broken", "select 1 / (number - number) from probe.entries where tenant_id = $1 union all select 1 / ($2::int8 - $2::int8)")
}
