import HandlerKit

/// Which KPIs are to be forecast, and how forecasts are kept.
enum ForecastsSQL {
    /// Businesses with KPIs whose values have changed since they were forecast.
    static let businesses = Statement(
        "forecasts.businesses",
        """
        select distinct s.business_id
        from tenancy.kpi_revisions() c
        join app.kpi_sources s on s.tenant_id = $1 and s.id = c.source_id
        left join lateral (
            select true as is_known from app.forecasts f
            where f.tenant_id = $1 and f.source_id = c.source_id and f.revision = c.revision limit 1) f on true
        where f.is_known is null
        """, access: .read, plan: .custom)

    /// KPIs of the business $2 behind the id $3, at most $5: those that have changed, or all where $4 says so.
    static let due = Statement(
        "forecasts.due",
        """
        select s.id, s.config ->> 'aggregation', c.revision
        from tenancy.kpi_revisions() c
        join app.kpi_sources s on s.tenant_id = $1 and s.id = c.source_id
        left join lateral (
            select true as is_known from app.forecasts f
            where f.tenant_id = $1 and f.source_id = c.source_id and f.revision = c.revision limit 1) f on true
        where s.business_id = $2 and s.id > $3 and ($4::bool or f.is_known is null)
        order by s.id limit $5
        """, access: .read)

    /// How many KPIs the business $2 has; no row where there is no such business.
    static let count = Statement(
        "forecasts.count",
        """
        select (select count(*) from app.kpi_sources s where s.tenant_id = $1 and s.business_id = $2)
        from app.businesses b where b.tenant_id = $1 and b.id = $2
        """, access: .read)

    /// Keeps a forecast of the KPI $2 in the place of the one before: $3 id, $4 frequency, $5 prediction, $6 confidence, $7 report, $8 revision. Does
    /// nothing where the KPI is gone.
    static let put = Statement(
        "forecasts.put",
        """
        insert into app.forecasts as f (tenant_id, id, business_id, source_id, metric, frequency, prediction, confidence, report, revision)
        select s.tenant_id, $3::uuid, s.business_id, s.id, s.name, $4::text, $5::jsonb, $6::float8, $7::jsonb, $8::bigint
        from app.kpi_sources s where s.tenant_id = $1 and s.id = $2
        on conflict (tenant_id, source_id, frequency)
        do update set metric = excluded.metric, prediction = excluded.prediction, confidence = excluded.confidence, report = excluded.report,
            revision = excluded.revision, created_at = excluded.created_at
        where f.revision <= excluded.revision
        """, access: .write)

    /// Drops forecasts of the KPI $2 of other frequencies than $3, but none of a later revision than $4.
    static let drop = Statement(
        "forecasts.drop",
        """
        delete from app.forecasts f
        where f.tenant_id = $1 and f.source_id = $2 and f.frequency <> all ($3::text[]) and f.revision <= $4
        """, access: .write)

    static let all = [businesses, due, count, put, drop]
}
