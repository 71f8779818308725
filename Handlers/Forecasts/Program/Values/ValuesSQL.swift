import HandlerKit

/// How the values of KPIs are read: packed, a time and a number of eight bytes each.
enum ValuesSQL {
    /// The newest values of the KPI $2, at most $3 of them, in any order.
    static let newest = Statement(
        "forecasts.newest_values",
        """
        select string_agg(timestamptz_send(p."timestamp") || float8send(p.value), ''::bytea)
        from (select d."timestamp", d.value from app.kpi_data d
              where d.tenant_id = $1 and d.source_id = $2 order by d."timestamp" desc limit $3) p
        """, access: .read, plan: .custom)

    /// The values of the KPI $2 from $3 on, gathered by $4 seconds as $5 says: mean, sum or last. For KPIs with more values than are read one by one.
    static let gathered = Statement(
        "forecasts.gathered_values",
        """
        select string_agg(timestamptz_send(g.start) || float8send(g.value), ''::bytea)
        from (select date_bin(make_interval(secs => $4::int), d."timestamp", timestamptz '1970-01-05Z') as start,
                  case $5::text when 'sum' then sum(d.value) when 'last' then (array_agg(d.value order by d."timestamp" desc))[1]
                      else avg(d.value) end as value
              from app.kpi_data d
              where d.tenant_id = $1 and d.source_id = $2 and d."timestamp" >= $3
              group by 1) g
        """, access: .read, plan: .custom)

    static let all = [newest, gathered]
}
