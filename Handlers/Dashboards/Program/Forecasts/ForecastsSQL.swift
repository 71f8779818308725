import HandlerKit

/// How forecasts and unusual values of a business are read; each row is JSON that the database has built.
enum ForecastsSQL {
    /// $2 business, $3 metric or null, $4 frequency or null, $5 behind which forecast or null, $6 how many; by metric and frequency.
    static let forecasts = Statement(
        "dashboards.forecasts",
        """
        select json_build_object('id', f.id, 'source_id', f.source_id, 'metric', f.metric, 'unit', s.unit, 'frequency', f.frequency,
            'created_at', to_char(f.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'confidence', f.confidence,
            'history', f.report -> 'history', 'seasons', f.report -> 'seasons', 'models', f.report -> 'models', 'backtest', f.report -> 'backtest',
            'prediction', f.prediction)::text, f.id
        from app.forecasts f join app.kpi_sources s on s.tenant_id = $1 and s.id = f.source_id
        where f.tenant_id = $1 and f.business_id = $2 and ($3::text is null or f.metric = $3) and ($4::text is null or f.frequency = $4)
            and ($5::uuid is null or (f.metric, f.frequency) > (
                select o.metric, o.frequency from app.forecasts o where o.tenant_id = $1 and o.id = $5))
        order by f.metric, f.frequency limit $6
        """, access: .read, plan: .custom)

    /// $2 business, $3 from, $4 before, $5 metric or null, $6 severities, $7 behind which one or null, $8 how many; the newest first.
    static let anomalies = Statement(
        "dashboards.anomalies",
        """
        select json_build_object('id', a.id, 'source_id', a.source_id, 'metric', s.name, 'unit', s.unit,
            'timestamp', to_char(a."timestamp" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'kind', a.kind, 'severity', a.severity,
            'score', a.score, 'value', a.value, 'expected', a.expected, 'lower', a.lower, 'upper', a.upper, 'explanation', a.explanation,
            'detected_at', to_char(a.detected_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))::text, a.id
        from app.anomalies a join app.kpi_sources s on s.tenant_id = $1 and s.id = a.source_id
        where a.tenant_id = $1 and a.business_id = $2 and a."timestamp" >= $3 and a."timestamp" < $4 and ($5::text is null or s.name = $5)
            and a.severity = any ($6::text[])
            and ($7::uuid is null or (a."timestamp", a.id) < (
                select o."timestamp", o.id from app.anomalies o where o.tenant_id = $1 and o.id = $7))
        order by a."timestamp" desc, a.id desc limit $8
        """, access: .read, plan: .custom)

    static let all = [forecasts, anomalies]
}
