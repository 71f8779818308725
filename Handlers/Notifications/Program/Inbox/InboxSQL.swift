import HandlerKit

/// What members are told in the app, and what they want to hear.
enum InboxSQL {
    /// $2 whose, $3 the id before which to begin, $4 unread ones only, $5 how many.
    static let list = Statement(
        "notifications.list",
        """
        select n.id, n.user_id, n.type, n.severity, n.title, n.message, n.data, n.created_at, r.read_at
        from app.notifications n
        left join app.notification_reads r on r.tenant_id = $1 and r.user_id = $2 and r.notification_id = n.id
        where n.tenant_id = $1 and (n.user_id is null or n.user_id = $2) and n.id < $3 and (not $4 or r.read_at is null)
        order by n.id desc limit $5
        """, access: .read, plan: .custom)

    /// $2 whose.
    static let unread = Statement(
        "notifications.unread",
        """
        select count(*) from app.notifications n
        where n.tenant_id = $1 and (n.user_id is null or n.user_id = $2)
            and not exists (select from app.notification_reads r where r.tenant_id = $1 and r.user_id = $2 and r.notification_id = n.id)
        """, access: .read, plan: .custom)

    /// $2 who, $3 which: 1 where it is theirs.
    static let read = Statement(
        "notifications.read",
        """
        with found as (
            select n.id from app.notifications n where n.tenant_id = $1 and n.id = $3 and (n.user_id is null or n.user_id = $2)
        ), marked as (
            insert into app.notification_reads (tenant_id, user_id, notification_id) select $1, $2, f.id from found f
            on conflict (tenant_id, user_id, notification_id) do nothing
        )
        select count(*) from found
        """, access: .write)

    /// $2 who.
    static let readAll = Statement(
        "notifications.read_all",
        """
        insert into app.notification_reads (tenant_id, user_id, notification_id)
        select $1, $2, n.id from app.notifications n where n.tenant_id = $1 and (n.user_id is null or n.user_id = $2)
        on conflict (tenant_id, user_id, notification_id) do nothing
        """, access: .write, plan: .custom)

    /// $2 id, $3 for whom or null, $4 type, $5 severity, $6 title, $7 message, $8 data, $9 key. Written once for a key.
    static let insert = Statement(
        "notifications.insert",
        """
        insert into app.notifications (tenant_id, id, user_id, type, severity, title, message, data, key) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (tenant_id, key) do nothing
        """, access: .write)

    /// $2 people: what those want who have said so.
    static let preferences = Statement(
        "notifications.preferences",
        """
        select user_id, email, least_severity, quiet_hours, time_zone from app.notification_preferences
        where tenant_id = $1 and user_id = any($2::uuid[])
        """, access: .read)

    /// $2 who, $3 mail, $4 least severity, $5 quiet hours, $6 zone.
    static let prefer = Statement(
        "notifications.prefer",
        """
        insert into app.notification_preferences as p (tenant_id, user_id, email, least_severity, quiet_hours, time_zone) values ($1, $2, $3, $4, $5, $6)
        on conflict (tenant_id, user_id) do update set email = excluded.email, least_severity = excluded.least_severity,
            quiet_hours = excluded.quiet_hours, time_zone = excluded.time_zone, updated_at = now()
        """, access: .write)

    static let all = [list, unread, read, readAll, insert, preferences, prefer]
}
