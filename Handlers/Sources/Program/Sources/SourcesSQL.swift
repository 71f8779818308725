import HandlerKit

/// The statements of sources.
enum SourcesSQL {
    /// Those of the business $2, by name.
    static let list = Statement(
        "sources.list",
        """
        select s.id, s.business_id, s.name, s.type, s.config, s.credentials is not null, s.status, s.interval_seconds, s.next_run_at, s.failures,
            s.created_at, s.updated_at, r.id, r.status, r.started_at, r.finished_at, r.error,
            s.timer
        from app.data_sources s
        left join lateral (
            select o.id, o.status, o.started_at, o.finished_at, o.error from app.source_runs o
            where o.tenant_id = $1 and o.source_id = s.id order by o.id desc limit 1) r on true
        where s.tenant_id = $1 and s.business_id = $2
        order by s.name
        """, access: .read, plan: .custom)

    static let show = Statement(
        "sources.show",
        """
        select s.id, s.business_id, s.name, s.type, s.config, s.credentials is not null, s.status, s.interval_seconds, s.next_run_at, s.failures,
            s.created_at, s.updated_at, r.id, r.status, r.started_at, r.finished_at, r.error,
            s.timer
        from app.data_sources s
        left join lateral (
            select o.id, o.status, o.started_at, o.finished_at, o.error from app.source_runs o
            where o.tenant_id = $1 and o.source_id = s.id order by o.id desc limit 1) r on true
        where s.tenant_id = $1 and s.id = $2
        """, access: .read, plan: .custom)

    /// A row where the tenant has the business $2.
    static let business = Statement(
        "sources.business", "select b.id from app.businesses b where b.tenant_id = $1 and b.id = $2", access: .read, cost: .short)

    /// $2 id, $3 business, $4 name, $5 type, $6 config, $7 credentials, $8 seconds between runs, $9 timer, $10 who. None where the tenant has no such business.
    static let make = Statement(
        "sources.make",
        """
        insert into app.data_sources
            (tenant_id, id, business_id, name, type, config, credentials, status, interval_seconds, timer, next_run_at, created_by)
        select b.tenant_id, $2, b.id, $4, $5, $6, $7, 'active', $8::int, case when $8::int is null then $9::text end,
            case when $8::int is not null or $9::text is not null then clock_timestamp() end, $10
        from app.businesses b where b.tenant_id = $1 and b.id = $3
        on conflict (tenant_id, id) do nothing
        returning id
        """, access: .write)

    /// How many sources the tenant has, counted up to one more than it may have.
    static let count = Statement(
        "sources.count", "select count(*) from (select s.id from app.data_sources s where s.tenant_id = $1 limit 501) n", access: .read,
        plan: .custom)
    static let most = 500

    /// $2 id, $3 name, $4 config, $5 whether credentials are given, $6 these, $7 seconds between runs, $8 timer, $9 whether it begins from nothing. Whoever
    /// runs it may write nothing more. Answers whether it runs on a schedule.
    static let change = Statement(
        "sources.change",
        """
        update app.data_sources s
        set name = $3, config = $4, credentials = case when $5::bool then $6::bytea else s.credentials end, interval_seconds = $7::int,
            timer = case when $7::int is null then $8::text end, attempt = s.attempt + 1,
            next_run_at = case when s.status = 'active' and ($7::int is not null or $8::text is not null) then clock_timestamp() end,
            cursor = case when $9::bool then null else s.cursor end, failures = 0, updated_at = clock_timestamp()
        where s.tenant_id = $1 and s.id = $2
        returning s.next_run_at is not null
        """, access: .write)

    /// What a run needs: business, type, config, credentials, cursor, failures, seconds between runs, whether it is active, attempt, timer.
    static let content = Statement(
        "sources.content",
        """
        select s.business_id, s.type, s.config, s.credentials, s.cursor, s.failures, s.interval_seconds, s.status = 'active', s.attempt, s.timer
        from app.data_sources s where s.tenant_id = $1 and s.id = $2
        """, access: .read, cost: .short)

    /// The settings of the source $2 and whether it has credentials, which nobody changes until the transaction ends.
    static let lock = Statement(
        "sources.lock",
        "select s.config, s.credentials is not null from app.data_sources s where s.tenant_id = $1 and s.id = $2 for no key update",
        access: .write)

    /// $2 id, $3 whether it stands still. Whoever runs it may write nothing more where it stands still now. Answers whether it runs on a schedule, and
    /// whether others push to it.
    static let setStatus = Statement(
        "sources.set_status",
        """
        update app.data_sources s
        set status = case when $3::bool then 'paused' else 'active' end, attempt = s.attempt + case when $3::bool then 1 else 0 end, failures = 0,
            next_run_at = case when not $3::bool and (s.interval_seconds is not null or s.timer is not null) then clock_timestamp() end,
            updated_at = clock_timestamp()
        where s.tenant_id = $1 and s.id = $2
        returning s.next_run_at is not null, s.type = 'webhook'
        """, access: .write)

    static let remove = Statement(
        "sources.remove", "delete from app.data_sources s where s.tenant_id = $1 and s.id = $2 returning s.id", access: .write)

    /// Sources that follow the timer $2, but for those that are to wait longer, and all whose time has passed long ago.
    static let due = Statement(
        "sources.due",
        """
        select s.id from app.data_sources s
        where s.tenant_id = $1 and s.status = 'active' and (
            s.timer = $2 and (s.next_run_at is null or s.next_run_at <= clock_timestamp()) or s.next_run_at < clock_timestamp() - interval '15 minutes')
        order by s.id
        """, access: .read, plan: .custom)

    /// Whom the pushes to the source $2 belong to.
    static let openWebhook = Statement(
        "sources.open_webhook", "select tenancy.open_webhook('sources_push', $2) where $1::uuid is not null", access: .write)
    static let closeWebhook = Statement(
        "sources.close_webhook", "select tenancy.close_webhook('sources_push', $2) where $1::uuid is not null", access: .write)

    static let all = [
        list, show, business, make, count, change, content, lock, setStatus, remove, due, openWebhook, closeWebhook, AuditSQL.append,
    ]
}
