import HandlerKit

/// What an evaluation reads and writes.
enum EvaluationSQL {
    /// The moment of an evaluation.
    static let moment = Statement("alerts.moment", "select clock_timestamp() where $1::uuid is not null", access: .read, cost: .short)

    /// Alerts that no evaluation has reached at this moment. Those of a clock that has been put back since count too; whoever was looked at longest ago
    /// comes first. In the order of ``AlertRecord``. $2 the moment, $3 how many.
    static let due = Statement(
        "alerts.due",
        """
        select a.id, a.business_id, b.name, a.user_id, a.name, a.severity, a.metric, a.condition, a.threshold, a.rule, a.timing,
            to_jsonb(a.channel_ids), a.escalation, a.enabled, a.state, a.created_at, a.updated_at, a.bands
        from app.alerts a join app.businesses b on b.tenant_id = $1 and b.id = a.business_id
        where a.tenant_id = $1 and a.enabled and (a.last_slot < $2 or a.last_slot > $2::timestamptz + interval '1 hour') order by a.last_slot, a.id limit $3
        """, access: .read, plan: .custom)

    /// $2 some of them, held until the transaction's end if no evaluation has reached them by then: whoever evaluates meanwhile waits, and then finds
    /// them done. $3 the moment.
    static let hold = Statement(
        "alerts.hold_due",
        """
        select a.id, a.business_id, b.name, a.user_id, a.name, a.severity, a.metric, a.condition, a.threshold, a.rule, a.timing,
            to_jsonb(a.channel_ids), a.escalation, a.enabled, a.state, a.created_at, a.updated_at, a.bands
        from app.alerts a join app.businesses b on b.tenant_id = $1 and b.id = a.business_id
        where a.tenant_id = $1 and a.id = any($2::uuid[]) and a.enabled
            and (a.last_slot < $3 or a.last_slot > $3::timestamptz + interval '1 hour')
        order by a.id for update of a
        """, access: .write, plan: .custom)

    /// $2 alert, $3 the moment, $4 an id, $5 why: it is passed over, with a line of its history where there is none of the day before.
    static let setAside = Statement(
        "alerts.set_aside",
        """
        with passed as (
            update app.alerts a set last_slot = $3 where a.tenant_id = $1 and a.id = $2 returning a.id
        )
        insert into app.alert_events (tenant_id, alert_id, id, occurred_at, kind, details)
        select $1, p.id, $4, $3, 'failed', $5 from passed p
        where not exists (select from app.alert_events e where e.tenant_id = $1 and e.alert_id = $2 and e.kind = 'failed'
            and e.occurred_at > $3::timestamptz - interval '1 day')
        """, access: .write)

    /// $2 id, $3 state, $4 phase, $5 the moment, $6 what forecasts said.
    static let move = Statement(
        "alerts.move", "update app.alerts set state = $3, phase = $4, last_slot = $5, bands = $6 where tenant_id = $1 and id = $2", access: .write)

    /// $2 alert, $3 number, $4 severity, $5 when, $6 value, $7 summary.
    static let fire = Statement(
        "alerts.fire",
        """
        insert into app.alert_firings (tenant_id, alert_id, number, severity, fired_at, value, summary) values ($1, $2, $3, $4, $5, $6, $7)
        """, access: .write)

    /// Points of some metrics: $2 businesses, $3 names, $4 behind when, $5 until when, $6 the most of each, the newest. By the place of each read, from 1.
    static let points = Statement(
        "alerts.points",
        """
        select w.place,
            (select string_agg(timestamptz_send(p."timestamp") || float8send(p.value), ''::bytea)
             from (select d."timestamp", d.value from app.kpi_data d
                   where d.tenant_id = $1 and d.source_id = s.id and d."timestamp" > w.first and d."timestamp" <= w.last
                       and d.value > '-Infinity' and d.value < 'Infinity'
                   order by d."timestamp" desc limit w.most) p)
        from unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::bigint[]) with ordinality
            w (business_id, name, first, last, most, place)
        join app.kpi_sources s on s.tenant_id = $1 and s.business_id = w.business_id and s.name = w.name
        """, access: .read, plan: .custom)

    /// The newest point of each stretch of time, of some metrics of one business: $2 the business, $3 names, $4 behind when, $5 until when, $6 seconds of a
    /// stretch, $7 a moment at which one ends, $8 the most of each, the newest.
    static let newest = Statement(
        "alerts.newest_points",
        """
        select w.place,
            (select string_agg(timestamptz_send(p."timestamp") || float8send(p.value), ''::bytea)
             from (select distinct on (date_bin(make_interval(secs => w.every), d."timestamp" - interval '1 microsecond', $7)) d."timestamp", d.value
                   from app.kpi_data d
                   where d.tenant_id = $1 and d.source_id = s.id and d."timestamp" > w.first and d."timestamp" <= w.last
                       and d.value > '-Infinity' and d.value < 'Infinity'
                   order by date_bin(make_interval(secs => w.every), d."timestamp" - interval '1 microsecond', $7) desc, d."timestamp" desc
                   limit $8) p)
        from unnest($3::text[], $4::timestamptz[], $5::timestamptz[], $6::float8[]) with ordinality w (name, first, last, every, place)
        join app.kpi_sources s on s.tenant_id = $1 and s.business_id = $2 and s.name = w.name
        """, access: .read, plan: .custom)

    /// $2 from when, $3 until when: the offsets of the tenant's zone.
    static let zone = Statement(
        "alerts.zone", "select starts_at, seconds from tenancy.zone_offsets(null, $2, $3) where $1::uuid is not null", access: .read)

    static let all = [moment, due, hold, setAside, move, fire, points, newest, zone]
}
