import HandlerKit

/// What an evaluation reads and writes.
enum EvaluationSQL {
    /// Alerts that no evaluation has reached at this moment, held until the transaction's end: whoever evaluates meanwhile waits, and then finds them done.
    /// Those of a clock that has been put back since count too; whoever was looked at longest ago comes first. In the order of ``AlertRecord``. $2 the moment, $3 how many.
    static let due = Statement(
        "alerts.due",
        """
        select a.id, a.business_id, b.name, a.user_id, a.name, a.severity, a.metric, a.condition, a.threshold, a.rule, a.timing,
            to_jsonb(a.channel_ids), a.escalation, a.enabled, a.state, a.created_at, a.updated_at, a.bands
        from app.alerts a join app.businesses b on b.tenant_id = $1 and b.id = a.business_id
        where a.tenant_id = $1 and a.enabled and (a.last_slot < $2 or a.last_slot > $2::timestamptz + interval '1 hour') order by a.last_slot, a.id limit $3 for update of a
        """, access: .write, plan: .custom)

    /// $2 id, $3 state, $4 phase, $5 the moment, $6 what forecasts said.
    static let move = Statement(
        "alerts.move", "update app.alerts set state = $3, phase = $4, last_slot = $5, bands = $6 where tenant_id = $1 and id = $2", access: .write)

    /// $2 alert, $3 number, $4 severity, $5 when, $6 value, $7 summary.
    static let fire = Statement(
        "alerts.fire",
        """
        insert into app.alert_firings (tenant_id, alert_id, number, severity, fired_at, value, summary) values ($1, $2, $3, $4, $5, $6, $7)
        """, access: .write)

    /// Points of some metrics: $2 businesses, $3 names, $4 from when, $5 until when, $6 the most of each, the newest.
    static let points = Statement(
        "alerts.points",
        """
        select s.business_id, s.name,
            (select string_agg(timestamptz_send(p."timestamp") || float8send(p.value), ''::bytea)
             from (select d."timestamp", d.value from app.kpi_data d
                   where d.tenant_id = $1 and d.source_id = s.id and d."timestamp" > w.first and d."timestamp" <= $5
                   order by d."timestamp" desc limit $6) p)
        from unnest($2::uuid[], $3::text[], $4::timestamptz[]) w (business_id, name, first)
        join app.kpi_sources s on s.tenant_id = $1 and s.business_id = w.business_id and s.name = w.name
        """, access: .read, plan: .custom)

    /// $2 from when, $3 until when: the offsets of the tenant's zone.
    static let zone = Statement(
        "alerts.zone", "select starts_at, seconds from tenancy.zone_offsets(null, $2, $3) where $1::uuid is not null", access: .read)

    static let all = [due, move, fire, points, zone]
}
