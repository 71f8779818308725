import HandlerKit

/// The statements on `app.alerts`. Those that give alerts do so in the order of ``AlertRecord``.
enum AlertsSQL {
    /// $2 business, $3 the id behind which to begin, $4 how many.
    static let list = Statement(
        "alerts.list",
        """
        select a.id, a.business_id, b.name, a.user_id, a.name, a.severity, a.metric, a.condition, a.threshold, a.rule, a.timing,
            to_jsonb(a.channel_ids), a.escalation, a.enabled, a.state, a.created_at, a.updated_at, a.bands
        from app.alerts a join app.businesses b on b.tenant_id = $1 and b.id = a.business_id
        where a.tenant_id = $1 and a.business_id = $2 and a.id > $3 order by a.id limit $4
        """, access: .read)

    /// $2 phases, $3 the id behind which to begin, $4 how many.
    static let listAll = Statement(
        "alerts.list_all",
        """
        select a.id, a.business_id, b.name, a.user_id, a.name, a.severity, a.metric, a.condition, a.threshold, a.rule, a.timing,
            to_jsonb(a.channel_ids), a.escalation, a.enabled, a.state, a.created_at, a.updated_at, a.bands
        from app.alerts a join app.businesses b on b.tenant_id = $1 and b.id = a.business_id
        where a.tenant_id = $1 and a.phase = any($2::text[]) and a.id > $3 order by a.id limit $4
        """, access: .read)

    static let find = Statement(
        "alerts.find",
        """
        select a.id, a.business_id, b.name, a.user_id, a.name, a.severity, a.metric, a.condition, a.threshold, a.rule, a.timing,
            to_jsonb(a.channel_ids), a.escalation, a.enabled, a.state, a.created_at, a.updated_at, a.bands
        from app.alerts a join app.businesses b on b.tenant_id = $1 and b.id = a.business_id
        where a.tenant_id = $1 and a.id = $2
        """, access: .read, cost: .short)

    /// The same, held until the transaction's end.
    static let hold = Statement(
        "alerts.hold",
        """
        select a.id, a.business_id, b.name, a.user_id, a.name, a.severity, a.metric, a.condition, a.threshold, a.rule, a.timing,
            to_jsonb(a.channel_ids), a.escalation, a.enabled, a.state, a.created_at, a.updated_at, a.bands
        from app.alerts a join app.businesses b on b.tenant_id = $1 and b.id = a.business_id
        where a.tenant_id = $1 and a.id = $2 for update of a
        """, access: .write)

    /// A row where the business exists.
    static let business = Statement(
        "alerts.business", "select 1 from app.businesses where tenant_id = $1 and id = $2", access: .read, cost: .short)

    /// How many of the channels there are.
    static let channels = Statement(
        "alerts.channels", "select count(*) from app.notification_channels where tenant_id = $1 and id = any($2::uuid[])", access: .read)

    /// $2 id, $3 business, $4 name, $5 severity, $6 metric, $7 condition, $8 threshold, $9 rule, $10 timing, $11 channels, $12 escalation, $13 whether it is
    /// evaluated, $14 who makes it, $15 the most that a tenant may have. No row: it has as many.
    static let insert = Statement(
        "alerts.insert",
        """
        insert into app.alerts (tenant_id, id, business_id, name, severity, metric, condition, threshold, rule, timing, channel_ids, escalation, enabled,
            user_id)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
        where (select count(*) from app.alerts a where a.tenant_id = $1) < $15::bigint
        returning id
        """, access: .write, plan: .custom)

    /// $2 id, $3 business, $4 name, $5 severity, $6 metric, $7 condition, $8 threshold, $9 rule, $10 timing, $11 channels, $12 escalation, $13 whether it is
    /// evaluated, $14 state, $15 phase.
    static let update = Statement(
        "alerts.update",
        """
        update app.alerts set business_id = $3, name = $4, severity = $5, metric = $6, condition = $7, threshold = $8, rule = $9, timing = $10,
            channel_ids = $11, escalation = $12, enabled = $13, state = $14, phase = $15, bands = '{}', revision = revision + 1, updated_at = now()
        where tenant_id = $1 and id = $2
        """, access: .write)

    static let delete = Statement("alerts.delete", "delete from app.alerts where tenant_id = $1 and id = $2", access: .write)

    /// $2 id, $3 state, $4 phase.
    static let keepState = Statement(
        "alerts.keep_state", "update app.alerts set state = $3, phase = $4 where tenant_id = $1 and id = $2", access: .write)

    /// $2 alert, $3 id, $4 when, $5 kind, $6 firing, $7 who, $8 details.
    static let event = Statement(
        "alerts.event",
        """
        insert into app.alert_events (tenant_id, alert_id, id, occurred_at, kind, firing, user_id, details) values ($1, $2, $3, $4, $5, $6, $7, $8)
        """, access: .write)

    /// $2 alert, $3 number, $4 when, $5 who.
    static let acknowledge = Statement(
        "alerts.acknowledge",
        """
        update app.alert_firings set acknowledged_at = $4, acknowledged_by = $5
        where tenant_id = $1 and alert_id = $2 and number = $3 and acknowledged_at is null
        """, access: .write)

    /// $2 alert, $3 number, $4 when.
    static let resolve = Statement(
        "alerts.resolve",
        "update app.alert_firings set resolved_at = $4 where tenant_id = $1 and alert_id = $2 and number = $3 and resolved_at is null", access: .write
    )

    /// $2 alert: its newest firings.
    static let firings = Statement(
        "alerts.firings",
        """
        select number, severity, fired_at, resolved_at, acknowledged_at, acknowledged_by, value, summary from app.alert_firings
        where tenant_id = $1 and alert_id = $2 order by number desc limit 100
        """, access: .read)

    /// $2 alert, $3 the id before which to begin, $4 how many.
    static let events = Statement(
        "alerts.events",
        """
        select id, occurred_at, kind, firing, user_id, details from app.alert_events
        where tenant_id = $1 and alert_id = $2 and id < $3 order by id desc limit $4
        """, access: .read)

    static let all = [
        list, listAll, find, hold, business, channels, insert, update, delete, keepState, event, acknowledge, resolve, firings, events,
    ]
}
