import HandlerKit

/// How the metrics of a business are read.
///
/// A policy is checked once for each table that a statement names, and each check costs as much as reading fifty points: so no statement names a table
/// that it can do without, and only a business without sources is looked up itself. Points come packed, sixteen bytes each: measured against JSON
/// built by Postgres and against rows, that takes the least time of database and handler together.
enum MetricsSQL {
    /// All sources, where they are few and short: $2 business, $3 from, $4 to.
    static let points = Statement(
        "dashboards.points",
        """
        select s.id, s.name, s.unit,
            (select string_agg(timestamptz_send(p."timestamp") || float8send(p.value), ''::bytea)
             from (select d."timestamp", d.value from app.kpi_data d
                   where d.tenant_id = $1 and d.source_id = s.id and d."timestamp" >= $3 and d."timestamp" < $4 limit 501) p)
        from app.kpi_sources s
        where s.tenant_id = $1 and s.business_id = $2
        order by s.name limit 21
        """, access: .read, cost: .short)

    /// The same of one source by its name: $5. A statement of its own, because the planner would plan each call anew for an optional name.
    static let pointsOfOne = Statement(
        "dashboards.points_of_one",
        """
        select s.id, s.name, s.unit,
            (select string_agg(timestamptz_send(p."timestamp") || float8send(p.value), ''::bytea)
             from (select d."timestamp", d.value from app.kpi_data d
                   where d.tenant_id = $1 and d.source_id = s.id and d."timestamp" >= $3 and d."timestamp" < $4 limit 501) p)
        from app.kpi_sources s
        where s.tenant_id = $1 and s.business_id = $2 and s.name = $5
        """, access: .read, cost: .short)

    /// Where one of `points` and `pointsOfOne` gives as many as this, there may be more.
    static let sourcesLimit = 21
    static let pointsLimit = 501

    /// Any number of sources and points, up to one more than an answer holds: $5 name or null.
    static let longPoints = Statement(
        "dashboards.long_points",
        """
        select p.id, p.name, p.unit, string_agg(timestamptz_send(p."timestamp") || float8send(p.value), ''::bytea)
        from (select s.id, s.name, s.unit, d."timestamp", d.value
              from app.kpi_sources s
              left join app.kpi_data d on d.tenant_id = $1 and d.source_id = s.id and d."timestamp" >= $3 and d."timestamp" < $4
              where s.tenant_id = $1 and s.business_id = $2 and ($5::text is null or s.name = $5)
              limit 100001) p
        group by p.id, p.name, p.unit
        order by p.name
        """, access: .read, plan: .custom)

    /// Buckets of any number of points, forty bytes each, and the values at both ends: $5 name or null, $6 days in a bucket, 0 for months.
    static let longBuckets = Statement(
        "dashboards.long_buckets",
        """
        select b.id, b.name, b.unit,
            string_agg(timestamptz_send(b.start) || int8send(b.count) || float8send(b.sum) || float8send(b.min) || float8send(b.max), ''::bytea),
            (select d.value from app.kpi_data d
             where d.tenant_id = $1 and d.source_id = b.id and d."timestamp" >= $3 and d."timestamp" < $4 order by d."timestamp" limit 1),
            (select d.value from app.kpi_data d
             where d.tenant_id = $1 and d.source_id = b.id and d."timestamp" >= $3 and d."timestamp" < $4 order by d."timestamp" desc limit 1)
        from (select s.id, s.name, s.unit, g.*
              from app.kpi_sources s
              left join lateral (
                  select case when $6::int = 0 then date_trunc('month', d."timestamp", 'UTC')
                      else date_bin(make_interval(days => $6), d."timestamp", timestamptz '1970-01-05Z') end as start,
                      count(*) as count, sum(d.value) as sum, min(d.value) as min, max(d.value) as max
                  from app.kpi_data d
                  where d.tenant_id = $1 and d.source_id = s.id and d."timestamp" >= $3 and d."timestamp" < $4
                  group by 1) g on true
              where s.tenant_id = $1 and s.business_id = $2 and ($5::text is null or s.name = $5)
              limit 100001) b
        group by b.id, b.name, b.unit
        order by b.name
        """, access: .read, plan: .custom)

    /// The most that one answer holds.
    static let answerLimit = 100_000

    /// When the newest point before $3 is: $4 name or null.
    static let newest = Statement(
        "dashboards.newest",
        """
        select max(m."timestamp")
        from app.kpi_sources s
        cross join lateral (
            select d."timestamp" from app.kpi_data d
            where d.tenant_id = $1 and d.source_id = s.id and d."timestamp" < $3
            order by d."timestamp" desc limit 1) m
        where s.tenant_id = $1 and s.business_id = $2 and ($4::text is null or s.name = $4)
        """, access: .read, plan: .custom)

    /// A row where the business exists.
    static let business = Statement(
        "dashboards.business_exists", "select 1 from app.businesses where tenant_id = $1 and id = $2", access: .read, cost: .short)

    static let all = [points, pointsOfOne, longPoints, longBuckets, newest, business]
}
