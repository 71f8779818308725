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

    /// The weather of the business $2 by days since 1970-01-01: the mean of its places, of three years and as far ahead as is known; what was observed
    /// counts before what was forecast.
    static let weather = Statement(
        "forecasts.weather",
        """
        select d.day, avg(d.temperature), avg(d.precipitation)
        from (select distinct on (p.location, p.day) p.day, p.temperature, p.precipitation
              from (select w.location, w.kind, (extract(epoch from date_trunc('day', w."timestamp", 'UTC')) / 86400)::int as day,
                        avg(w.temperature) as temperature, sum(w.precipitation) as precipitation
                    from app.weather_data w
                    where w.tenant_id = $1 and w.business_id = $2 and w."timestamp" >= $3
                    group by 1, 2, 3) p
              order by p.location, p.day, p.kind desc) d
        group by d.day
        """, access: .read, plan: .custom)

    static let all = [newest, gathered, weather]
}
