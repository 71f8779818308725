import Kernel
import TestSupport

/// 200 tenants with 10 sources of a year each; the first holds many times as much, the last next to nothing.
enum PlanWorld {
    /// The tenant that holds most, and the one that holds least.
    static let biggest = tenant(1), smallest = tenant(200)

    static func tenant(_ number: Int) -> TenantID { TenantID(UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number))) }

    /// A business of the tenant, and the id of its first source too: one value fits wherever a statement asks for an id.
    static func business(_ tenant: TenantID) -> UUID { UUID(high: tenant.uuid.high | 0xFFFF << 16, low: tenant.uuid.low) }

    /// Made in seconds, past the triggers of foreign keys.
    static let fill = """
        set session_replication_role = replica;
        create function pg_temp.id(kind int, t int, n int) returns uuid language sql immutable as $$
            select format('01900000-%s-7000-%s-%s', lpad(to_hex(case when n = 0 and kind > 0 then 65535 else kind * 256 end), 4, '0'),
                to_hex(32768 + n), lpad(to_hex(t), 12, '0'))::uuid $$;
        insert into tenancy.tenants (id, slug, name) select pg_temp.id(0, t, 0), 't' || t, 'T' from generate_series(1, 200) t;
        insert into app.businesses (tenant_id, id, name) select pg_temp.id(0, t, 0), pg_temp.id(1, t, n), 'b' || n
            from generate_series(1, 200) t, lateral generate_series(0, case t when 1 then 199 when 200 then 0 else 19 end) n;
        insert into app.kpi_sources (tenant_id, id, business_id, name, type)
            select pg_temp.id(0, t, 0), pg_temp.id(2, t, n), pg_temp.id(1, t, n / 10), 's' || n % 10, 'upload'
            from generate_series(1, 200) t, lateral generate_series(0, case t when 1 then 199 when 200 then 0 else 9 end) n;
        insert into app.kpi_data (tenant_id, source_id, "timestamp", value)
            select pg_temp.id(0, t, 0), pg_temp.id(2, t, n), timestamptz '2025-01-01 00:00Z' + d * interval '1 day', d
            from generate_series(1, 200) t, lateral generate_series(0, case t when 1 then 199 when 200 then 0 else 9 end) n,
                lateral generate_series(1, case t when 1 then 730 when 200 then 31 else 365 end) d
            order by 1, 2, 3;
        insert into app.audit_log (tenant_id, id, occurred_at, user_id, role, action, target_type, target_id, handler, address, user_agent, request_id)
            select pg_temp.id(0, t, 0), gen_random_uuid(), '2025-01-01Z'::timestamptz + n * interval '2 hours', pg_temp.id(0, t, 0), 'owner',
                'thing.made', 'thing', n::text, 'dashboards', '', '', ''
            from generate_series(1, 200) t, lateral generate_series(1, case t when 1 then 4000 when 200 then 10 else 300 end) n;
        insert into app.audit_positions (tenant_id, position, entry_id, entry_hash)
            select tenant_id, row_number() over (partition by tenant_id order by occurred_at), id, sha256('') from app.audit_log;
        insert into app.audit_seals (tenant_id, number, key_id, previous_hash, entries_hash, first_position, entry_count, sealed_at, hash)
            select pg_temp.id(0, t, 0), n, 1, sha256(''), sha256(''), n * 10 - 9, 10, '2025-01-01Z'::timestamptz + n * interval '20 hours', sha256('')
            from generate_series(1, 200) t, lateral generate_series(1, case t when 1 then 400 when 200 then 1 else 30 end) n;
        insert into app.file_clock (tenant_id, position) select pg_temp.id(0, t, 0), 1000 from generate_series(1, 200) t;
        insert into app.files (tenant_id, id, user_id, name, original_name, mime_type, size, sha256, kind, status, report, position)
            select pg_temp.id(0, t, 0), pg_temp.id(4, t, n), pg_temp.id(0, t, 0), 'f', 'f', 'text/csv', 10, sha256((t || ' ' || n)::bytea), 'csv',
                'completed', '{}', n
            from generate_series(1, 200) t, lateral generate_series(0, case t when 1 then 399 when 200 then 0 else 19 end) n;
        insert into app.imports (tenant_id, id, file_id, file_name, user_id, status, dry_run, mapping, position)
            select pg_temp.id(0, t, 0), pg_temp.id(5, t, n), pg_temp.id(4, t, n), 'f', pg_temp.id(0, t, 0), 'completed', false, '{}', n
            from generate_series(1, 200) t, lateral generate_series(0, case t when 1 then 39 when 200 then 0 else 19 end) n;
        insert into app.import_sources (tenant_id, import_id, source_id, is_new)
            select i.tenant_id, i.id, s.id, true from app.imports i join lateral (
                select k.id from app.kpi_sources k where k.tenant_id = i.tenant_id and k.name = 's0' order by k.id limit 2) s on true;
        insert into app.import_replaced (tenant_id, import_id, source_id, "timestamp", value)
            select n.tenant_id, n.import_id, n.source_id, '2025-01-01Z', 1 from app.import_sources n;
        insert into app.import_refusals (tenant_id, import_id, number, row, line, reason, fields)
            select i.tenant_id, i.id, n, n, n, 'r', '[]' from app.imports i, generate_series(1, 20) n;
        insert into app.resumable_uploads (tenant_id, id, user_id, length, received, parts, metadata, created_at, expires_at)
            select pg_temp.id(0, t, 0), pg_temp.id(6, t, n), pg_temp.id(0, t, 0), 10, 5, 1, '{}', '2025-01-01Z', '2999-01-01Z'
            from generate_series(1, 200) t, lateral generate_series(1, case t when 1 then 99 when 200 then 1 else 20 end) n;
        insert into app.resumable_parts (tenant_id, upload_id, number, size, object)
            select u.tenant_id, u.id, n, 5, 'o' from app.resumable_uploads u, generate_series(1, 3) n;
        insert into app.data_sources (tenant_id, id, business_id, name, type, config, status, created_by)
            select pg_temp.id(0, t, 0), pg_temp.id(7, t, n), pg_temp.id(1, t, n / 10), 'x' || n, 'gdelt', '{}', 'active', pg_temp.id(0, t, 0)
            from generate_series(1, 200) t, lateral generate_series(0, case t when 1 then 199 when 200 then 0 else 9 end) n;
        insert into app.source_runs (tenant_id, id, source_id, attempt, trigger, status)
            select s.tenant_id, gen_random_uuid(), s.id, n, 'schedule', 'succeeded'
            from app.data_sources s, lateral generate_series(1, 20) n;
        insert into app.source_pushes (tenant_id, source_id, message_id)
            select s.tenant_id, s.id, 'm' || n from app.data_sources s, lateral generate_series(1, 5) n;
        insert into app.news_articles (tenant_id, id, business_id, source_id, title, url, url_key, title_key, source, published_at)
            select s.tenant_id, gen_random_uuid(), s.business_id, s.id, 't', 'u', sha256((s.id || ' ' || n)::bytea), sha256((s.id || ' t' || n)::bytea),
                'h', timestamptz '2025-01-01 00:00Z' + n * interval '1 hour'
            from app.data_sources s, lateral generate_series(1, 30) n;
        insert into app.weather_data (tenant_id, business_id, source_id, location, kind, "timestamp", latitude, longitude)
            select s.tenant_id, s.business_id, s.id, s.name, 'observed', timestamptz '2025-01-01 00:00Z' + n * interval '1 hour', 1, 2
            from app.data_sources s, lateral generate_series(1, 50) n;
        insert into app.market_data (tenant_id, business_id, source_id, symbol, "timestamp", value)
            select s.tenant_id, s.business_id, s.id, s.name, timestamptz '2025-01-01 00:00Z' + n * interval '1 day', 1
            from app.data_sources s, lateral generate_series(1, 50) n;
        insert into app.places (tenant_id, business_id, source_id, geoname_id, query, name, latitude, longitude, population)
            select s.tenant_id, s.business_id, s.id, n, 'q' || n, 'n' || n, 1, 2, n
            from app.data_sources s, lateral generate_series(1, 5) n on conflict do nothing;
        insert into app.alerts (tenant_id, id, business_id, name, severity, condition, rule, timing)
            select pg_temp.id(0, t, 0), pg_temp.id(7, t, n), pg_temp.id(1, t, 0), 'a', 'info', 'threshold', '{}', '{}'
            from generate_series(1, 200) t, lateral generate_series(0, case t when 1 then 399 when 200 then 0 else 19 end) n;
        insert into app.alert_firings (tenant_id, alert_id, number, severity, fired_at, resolved_at, summary)
            select a.tenant_id, a.id, n, 'info', '2025-01-01Z'::timestamptz + n * interval '1 day', '2025-01-01Z'::timestamptz + n * interval '2 days', 's'
            from app.alerts a, generate_series(1, 5) n;
        insert into app.alert_events (tenant_id, alert_id, id, occurred_at, kind)
            select a.tenant_id, a.id, gen_random_uuid(), '2025-01-01Z'::timestamptz + n * interval '1 day', 'fired' from app.alerts a, generate_series(1, 20) n;
        insert into app.notification_channels (tenant_id, id, name, type, config, enabled)
            select pg_temp.id(0, t, 0), pg_temp.id(8, t, n), 'c' || n, 'webhook', '{}', true
            from generate_series(1, 200) t, lateral generate_series(0, case t when 200 then 0 else 9 end) n;
        insert into app.notification_outbox (tenant_id, id, channel_id, key, alert_id, firing, step, severity, notice, due_at, status, attempts, ended_at)
            select c.tenant_id, gen_random_uuid(), c.id, n::text, pg_temp.id(7, 1, 0), n, n % 2, 'info', '{}', '2025-01-01Z'::timestamptz + n * interval '1 hour',
                case when n % 10 = 0 then 'waiting' else 'delivered' end, n % 3, case when n % 10 <> 0 then '2025-01-01Z'::timestamptz + n * interval '2 hours' end
            from app.notification_channels c, generate_series(1, 40) n;
        insert into app.notification_deliveries (tenant_id, id, channel_id, message_id, messages, attempt, occurred_at, outcome, milliseconds)
            select o.tenant_id, gen_random_uuid(), o.channel_id, o.id, 1, 1, o.due_at, 'delivered', 1 from app.notification_outbox o;
        insert into app.notifications (tenant_id, id, type, severity, title, message, key, created_at)
            select pg_temp.id(0, t, 0), pg_temp.id(9, t, n), 'message', 'info', 't', 'm', n::text, '2025-01-01Z'::timestamptz + n * interval '1 hour'
            from generate_series(1, 200) t, lateral generate_series(0, case t when 1 then 799 when 200 then 0 else 49 end) n;
        insert into app.notification_reads (tenant_id, user_id, notification_id)
            select n.tenant_id, pg_temp.id(1, 1, 0), n.id from app.notifications n;
        insert into app.notification_preferences (tenant_id, user_id)
            select pg_temp.id(0, t, 0), pg_temp.id(1, t, n) from generate_series(1, 200) t, lateral generate_series(0, case t when 200 then 0 else 9 end) n;
        insert into app.notification_templates (tenant_id, type, wording)
            select pg_temp.id(0, t, 0), 't' || n, '{}' from generate_series(1, 200) t, lateral generate_series(0, case t when 200 then 0 else 9 end) n;
        insert into tenancy.kpi_changes (tenant_id, source_id) select s.tenant_id, s.id from app.kpi_sources s;
        insert into app.forecasts (tenant_id, id, business_id, source_id, metric, frequency, prediction, report, revision)
            select s.tenant_id, gen_random_uuid(), s.business_id, s.id, s.name, f, '[]', '{}', 1 from app.kpi_sources s, unnest(array['daily', 's0']) f;
        insert into app.anomalies
            (tenant_id, id, business_id, source_id, "timestamp", kind, severity, score, value, expected, lower, upper, explanation)
            select s.tenant_id, gen_random_uuid(), s.business_id, s.id, timestamptz '2025-01-01 00:00Z' + n * interval '1 day', 'spike', 's0', 1, 1, 1, 0, 2, 'x'
            from app.kpi_sources s, lateral generate_series(1, 40) n;
        set session_replication_role = origin;
        analyze;
        """
}
