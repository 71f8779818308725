import HandlerKit

/// How findings about values are kept.
enum DetectionSQL {
    /// Which KPI the job looks at, at which revision; none where it is gone. What changes from now on makes another job.
    static let take = Statement(
        "forecasts.take_change", "select c.source_id, c.revision from tenancy.take_kpi_change() c where $1::uuid is not null", access: .write)

    /// The business of the KPI $2, and whether the KPI was ever forecast.
    static let source = Statement(
        "forecasts.detection_source",
        """
        select s.business_id, exists (select from app.forecasts f where f.tenant_id = $1 and f.source_id = $2)
        from app.kpi_sources s where s.tenant_id = $1 and s.id = $2
        """, access: .read)

    /// Whether findings about the KPI $2 at the revision $3 may stand.
    static let judge = Statement("forecasts.judge", "select tenancy.judge_kpi($2, $3) where $1::uuid is not null", access: .write)

    /// Drops findings about the KPI $2 from $3 on other than those of the times $4, and those from before its first value.
    static let forget = Statement(
        "forecasts.forget_anomalies",
        """
        delete from app.anomalies a
        where a.tenant_id = $1 and a.source_id = $2 and (
            a."timestamp" >= $3 and a."timestamp" <> all ($4::timestamptz[])
            or a."timestamp" < (select d."timestamp" from app.kpi_data d
                                where d.tenant_id = $1 and d.source_id = $2 order by d."timestamp" limit 1))
        """, access: .write)

    /// Keeps findings about the KPI $2: arrays of $3 ids, $4 times, $5 kinds, $6 severities, $7 scores, $8 values or nulls, $9 what was expected, $10 and
    /// $11 the band, $12 sentences. One that is there already keeps its id and when it was said first.
    static let put = Statement(
        "forecasts.put_anomalies",
        """
        insert into app.anomalies (tenant_id, id, business_id, source_id, "timestamp", kind, severity, score, value, expected, lower, upper, explanation)
        select s.tenant_id, a.id, s.business_id, s.id, a.time, a.kind, a.severity, a.score, a.value, a.expected, a.lower, a.upper, a.explanation
        from app.kpi_sources s
        cross join unnest($3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::float8[], $8::float8[], $9::float8[], $10::float8[],
            $11::float8[], $12::text[]) as a (id, time, kind, severity, score, value, expected, lower, upper, explanation)
        where s.tenant_id = $1 and s.id = $2
        on conflict (tenant_id, source_id, "timestamp")
        do update set kind = excluded.kind, severity = excluded.severity, score = excluded.score, value = excluded.value,
            expected = excluded.expected, lower = excluded.lower, upper = excluded.upper, explanation = excluded.explanation
        """, access: .write)

    static let all = [take, source, judge, forget, put]
}
