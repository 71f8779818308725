import HandlerKit

/// The tenant's own words for types of messages.
enum TemplatesSQL {
    static let list = Statement(
        "notifications.templates",
        "select type, wording, updated_at from app.notification_templates where tenant_id = $1 order by type limit 50", access: .read)

    /// $2 type.
    static let find = Statement(
        "notifications.template", "select type, wording, updated_at from app.notification_templates where tenant_id = $1 and type = $2",
        access: .read, cost: .short)

    /// $2 type, $3 wording. No row: there are 50 others.
    static let keep = Statement(
        "notifications.keep_template",
        """
        insert into app.notification_templates as t (tenant_id, type, wording)
        select $1, $2, $3 where (select count(*) from app.notification_templates o where o.tenant_id = $1 and o.type <> $2) < 50
        on conflict (tenant_id, type) do update set wording = excluded.wording, updated_at = now()
        returning t.type, t.wording, t.updated_at
        """, access: .write)

    /// $2 type.
    static let delete = Statement(
        "notifications.delete_template", "delete from app.notification_templates where tenant_id = $1 and type = $2", access: .write)

    static let all = [list, find, keep, delete]
}
