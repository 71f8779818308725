import HandlerKit

/// The statements on channels. Those that give channels do so in the order of ``ChannelRecord``.
enum ChannelsSQL {
    static let list = Statement(
        "notifications.channels",
        """
        select id, name, type, config, secret, wording, least_severity, digest_seconds, per_hour, quiet_hours, time_zone, only_named, enabled,
            disabled_reason, throttle, created_at, updated_at
        from app.notification_channels where tenant_id = $1 order by name limit 50
        """, access: .read)

    /// $2 id.
    static let hold = Statement(
        "notifications.hold_channel",
        """
        select id, name, type, config, secret, wording, least_severity, digest_seconds, per_hour, quiet_hours, time_zone, only_named, enabled,
            disabled_reason, throttle, created_at, updated_at
        from app.notification_channels where tenant_id = $1 and id = $2 for update
        """, access: .write)

    /// $2 ids: those, held in the order of their ids.
    static let holdAll = Statement(
        "notifications.hold_channels",
        """
        select id, name, type, config, secret, wording, least_severity, digest_seconds, per_hour, quiet_hours, time_zone, only_named, enabled,
            disabled_reason, throttle, created_at, updated_at
        from app.notification_channels where tenant_id = $1 and id = any($2::uuid[]) order by id for update
        """, access: .write)

    /// $2 id, $3 name, $4 type, $5 config, $6 secret, $7 wording, $8 least severity, $9 digest, $10 an hour, $11 quiet hours, $12 zone, $13 only named,
    /// $14 whether it is on. No row: there are 50.
    static let insert = Statement(
        "notifications.insert_channel",
        """
        insert into app.notification_channels (tenant_id, id, name, type, config, secret, wording, least_severity, digest_seconds, per_hour, quiet_hours,
            time_zone, only_named, enabled)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
        where (select count(*) from app.notification_channels c where c.tenant_id = $1) < 50
        returning id
        """, access: .write)

    /// The same; whoever switches it on is told no more why it was off.
    static let update = Statement(
        "notifications.update_channel",
        """
        update app.notification_channels set name = $3, type = $4, config = $5, secret = $6, wording = $7, least_severity = $8, digest_seconds = $9,
            per_hour = $10, quiet_hours = $11, time_zone = $12, only_named = $13, enabled = $14, disabled_reason = null, updated_at = now()
        where tenant_id = $1 and id = $2
        """, access: .write)

    /// $2 id, $3 secret.
    static let reseal = Statement(
        "notifications.reseal_channel",
        "update app.notification_channels set secret = $3, updated_at = now() where tenant_id = $1 and id = $2", access: .write)

    /// $2 id, $3 throttle.
    static let keepThrottle = Statement(
        "notifications.keep_throttle", "update app.notification_channels set throttle = $3 where tenant_id = $1 and id = $2", access: .write)

    /// Nobody sends to it any more, and the members are told why, unless it is off already: $2 id, $3 reason, $4 id of the notification, $5 its data,
    /// $6 its key.
    static let switchOff = Statement(
        "notifications.switch_off",
        """
        with off as (
            update app.notification_channels set enabled = false, disabled_reason = $3, updated_at = now() where tenant_id = $1 and id = $2 and enabled
            returning name
        )
        insert into app.notifications (tenant_id, id, type, severity, title, message, data, key)
        select $1, $4, 'channel.switched_off', 'critical', 'The channel ' || off.name || ' was switched off', $3, $5, $6 from off
        on conflict do nothing
        """, access: .write)

    /// $2 id: names of alerts that name it, the first four.
    static let alerts = Statement(
        "notifications.channel_alerts",
        """
        select a.name from app.alerts a
        where a.tenant_id = $1 and ($2::uuid = any(a.channel_ids) or position($2::text in a.escalation::text) > 0) order by a.id limit 4
        """, access: .read, plan: .custom)

    static let delete = Statement(
        "notifications.delete_channel", "delete from app.notification_channels where tenant_id = $1 and id = $2", access: .write)

    /// $2 people: members of the tenant.
    static let members = Statement(
        "notifications.members",
        "select user_id, email, name, time_zone from tenancy.member_addresses($2::uuid[]) where $1::uuid is not null", access: .read)

    /// $2 zone or null for the tenant's, $3 from when, $4 until when.
    static let zone = Statement(
        "notifications.zone", "select starts_at, seconds from tenancy.zone_offsets($2, $3, $4) where $1::uuid is not null", access: .read)

    static let all = [list, hold, holdAll, insert, update, reseal, keepThrottle, switchOff, alerts, delete, members, zone]
}
