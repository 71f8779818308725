import HandlerKit

/// What an alert's transaction writes for those who are told.
enum TellingSQL {
    /// In the app, for every member. $2 id, $3 type, $4 severity, $5 title, $6 message, $7 data, $8 key. Written once for a key.
    static let inApp = Statement(
        "alerts.tell_in_app",
        """
        insert into app.notifications (tenant_id, id, type, severity, title, message, data, key) values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (tenant_id, key) do nothing
        """, access: .write)

    /// To channels: $9, or where there is none those that are told of everything. $2 key, $3 alert, $4 firing, $5 step, $6 severity, $7 notice, $8 when.
    static let channels = Statement(
        "alerts.tell_channels",
        """
        insert into app.notification_outbox (tenant_id, id, channel_id, key, alert_id, firing, step, severity, notice, due_at)
        select $1, gen_random_uuid(), c.id, $2, $3, $4, $5, $6, $7, $8 from app.notification_channels c
        where c.tenant_id = $1 and c.enabled and (c.id = any($9::uuid[]) or cardinality($9::uuid[]) = 0 and not c.only_named)
        on conflict (tenant_id, channel_id, key) do nothing
        """, access: .write)

    /// What an escalation was to tell is not told any more: $2 alert, $3 its firing, or null for all of them.
    static let forget = Statement(
        "alerts.forget_escalation",
        """
        update app.notification_outbox set status = 'cancelled', ended_at = now()
        where tenant_id = $1 and alert_id = $2 and ($3::int is null or firing = $3) and step > 0 and status = 'waiting'
        """, access: .write)

    /// A job that delivers what is due at $3: $2 its id, $4 the key under which there is one at most. Made with what is told.
    static let deliver = Statement(
        "alerts.deliver", "select tenancy.deliver_notifications($2, $3, $4) where $1::uuid is not null", access: .write)

    /// The same, $2 its id, where a message has waited in vain: its job was given up.
    static let deliverOverdue = Statement(
        "alerts.deliver_overdue",
        """
        select tenancy.deliver_notifications($2, clock_timestamp(), 'overdue') where exists (
            select from app.notification_outbox o where o.tenant_id = $1 and o.status = 'waiting' and o.due_at < now() - interval '5 minutes'
                and o.claimed_until < now() - interval '5 minutes')
        """, access: .write)

    static let all = [inApp, channels, forget, deliver, deliverOverdue]
}
