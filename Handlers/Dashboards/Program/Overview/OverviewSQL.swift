import HandlerKit

/// What a page of businesses is about, in one statement; each row is JSON that the database has built.
///
/// Each business costs at most ten forecasts and fifty anomalies by the indexes of their tables, and the newest value of each of their KPIs; what belongs
/// to one of them is looked up with a limit of 1, so by its key, whatever the planner takes the tenant's size to be.
enum OverviewSQL {
    /// $2 the id behind which to begin, $3 how many. `next` is the first step behind a KPI's newest value; an anomaly is open until its KPI has values of
    /// more than a day later. What is no finite number is null, as JSON knows none.
    static let page = Statement(
        "dashboards.overview",
        """
        select json_build_object('id', b.id, 'name', b.name, 'industry', b.industry, 'location', b.location,
            'forecasts', coalesce((
                select json_agg(json_build_object('source_id', f.source_id, 'metric', f.metric, 'unit', s.unit, 'frequency', f.frequency,
                    'confidence', f.confidence, 'latest', n.latest, 'next', (
                        select json_build_object('time', p.step -> 'time', 'mean', p.step -> 'mean', 'lo80', p.step -> 'lo80', 'hi80', p.step -> 'hi80',
                            'lo95', p.step -> 'lo95', 'hi95', p.step -> 'hi95')
                        from jsonb_path_query_first(f.prediction, '$[*] ? (@.time > $newest)', jsonb_build_object('newest', n.second)) p (step)
                        where p.step is not null)) order by f.metric, f.frequency)
                from (select o.source_id, o.metric, o.frequency, o.confidence, o.prediction from app.forecasts o
                      where o.tenant_id = $1 and o.business_id = b.id order by o.metric, o.frequency limit 10) f
                cross join lateral (select k.unit from app.kpi_sources k where k.tenant_id = $1 and k.id = f.source_id limit 1) s
                left join lateral (
                    select to_char(d."timestamp" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as second,
                        json_build_object('time', to_char(d."timestamp" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                            'value', case when d.value > '-infinity' and d.value < 'infinity' then d.value end) as latest
                    from app.kpi_data d where d.tenant_id = $1 and d.source_id = f.source_id and d."timestamp" < timestamptz '9999-12-31Z'
                    order by d."timestamp" desc limit 1) n on true), '[]'),
            'open_anomalies', coalesce((
                select json_agg(json_build_object('id', a.id, 'source_id', a.source_id, 'metric', s.name, 'unit', s.unit,
                    'timestamp', to_char(a."timestamp" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'kind', a.kind, 'severity', a.severity,
                    'score', a.score, 'value', a.value, 'expected', a.expected, 'lower', a.lower, 'upper', a.upper, 'explanation', a.explanation)
                    order by a."timestamp" desc, a.id desc)
                from (select o.* from app.anomalies o
                      where o.tenant_id = $1 and o.business_id = b.id order by o."timestamp" desc, o.id desc limit 50) a
                cross join lateral (select k.name, k.unit from app.kpi_sources k where k.tenant_id = $1 and k.id = a.source_id limit 1) s
                left join lateral (
                    select true as is_over from app.kpi_data d
                    where d.tenant_id = $1 and d.source_id = a.source_id and d."timestamp" > a."timestamp" + interval '1 day' limit 1) d on true
                where d.is_over is null), '[]'))::text, b.id
        from app.businesses b where b.tenant_id = $1 and b.id > $2 order by b.id limit $3
        """, access: .read)

    static let all = [page]
}
