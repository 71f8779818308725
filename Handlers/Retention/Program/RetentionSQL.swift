import HandlerKit

/// The statements that remove values, so many at once.
enum RetentionSQL {
    /// $2: before when, $3: how many. From source to source along the key, which leads to the oldest of each.
    static let removeOld = Statement(
        "retention.remove_old",
        """
        with recursive sources as (
            (select k.source_id from app.kpi_data k where k.tenant_id = $1 order by k.source_id limit 1)
            union all
            select (select k.source_id from app.kpi_data k where k.tenant_id = $1 and k.source_id > s.source_id order by k.source_id limit 1)
            from sources s where s.source_id is not null
        ), old as (
            select d.source_id, d."timestamp"
            from sources s
            cross join lateral (
                select k.source_id, k."timestamp" from app.kpi_data k
                where k.tenant_id = $1 and k.source_id = s.source_id and k."timestamp" < $2
                order by k."timestamp" limit $3) d
            limit $3
        ), removed as (
            delete from app.kpi_data d using old
            where d.tenant_id = $1 and d.source_id = old.source_id and d."timestamp" = old."timestamp"
            returning d.source_id
        )
        select count(*) from removed
        """, access: .write)

    /// $2: how many.
    static let removeAll = Statement(
        "retention.remove_all",
        """
        with old as (
            select k.source_id, k."timestamp" from app.kpi_data k where k.tenant_id = $1 order by k.source_id, k."timestamp" limit $2
        ), removed as (
            delete from app.kpi_data d using old
            where d.tenant_id = $1 and d.source_id = old.source_id and d."timestamp" = old."timestamp"
            returning d.source_id
        )
        select count(*) from removed
        """, access: .write)

    /// Values that imports replaced. $2: before when, $3: how many.
    static let removeOldReplaced = Statement(
        "retention.remove_old_replaced",
        """
        with old as (
            select r.import_id, r.source_id, r."timestamp" from app.import_replaced r where r.tenant_id = $1 and r."timestamp" < $2
            order by r.import_id, r.source_id, r."timestamp" limit $3
        ), removed as (
            delete from app.import_replaced r using old
            where r.tenant_id = $1 and r.import_id = old.import_id and r.source_id = old.source_id and r."timestamp" = old."timestamp"
            returning 1
        )
        select count(*) from removed
        """, access: .write)

    /// Before when the tenant's plan keeps nothing; null where it keeps everything, or may remove nothing.
    static let retention = Statement("retention.before", "select tenancy.own_retention()", cost: .short)

    /// $1: how many.
    static let anonymize = Statement("retention.anonymize", "select identity.anonymize_old_events($1)", access: .write)

    /// $1: how many; of no tenant, or of one whose timers stand still.
    static let anonymizeStray = Statement("retention.anonymize_stray", "select identity.anonymize_stray_events($1)", access: .write)

    static let all = [removeOld, removeAll, removeOldReplaced, retention, anonymize, anonymizeStray]
}
