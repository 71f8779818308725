import Kernel
import TestSupport

/// The rows of persons, sessions, keys, secrets and the record: for B as for A, so that each table has something to find.
extension World {
    static func session(_ tenant: TenantID) -> UUID { UUID(high: tenant.uuid.high, low: tenant.uuid.low | 4 << 8) }
    static func entry(_ tenant: TenantID) -> UUID { UUID(high: tenant.uuid.high, low: tenant.uuid.low | 5 << 8) }

    static func record(_ tenant: TenantID, _ name: String, _ email: String) -> String {
        let (user, session, entry) = (user(tenant), session(tenant), entry(tenant))
        return """
            insert into identity.security_events (id, occurred_at, action, outcome, user_id, tenant_id, session_id, address, user_agent)
                values ('\(entry)', '2026-01-01', 'login', 'ok', '\(user)', '\(tenant)', '\(session)', '10.0.0.1', '\(name)');
            insert into app.audit_log (tenant_id, id, occurred_at, user_id, role, action, handler, address, user_agent, request_id)
                values ('\(tenant)', '\(entry)', '2026-01-01', '\(user)', 'owner', 'thing.made', 'dashboards', '10.0.0.1', '\(name)', 'r');
            insert into app.audit_seals (tenant_id, number, key_id, previous_hash, entries_hash, first_position, entry_count, sealed_at, hash)
                select '\(tenant)', 1, 1, h, h, 1, 1, '2026-01-01', h from sha256('\(name)') h;
            insert into app.audit_positions (tenant_id, position, entry_id, entry_hash) values ('\(tenant)', 1, '\(entry)', sha256('\(name)'));
            insert into tenancy.plan_changes (id, tenant_id, old_plan, new_plan, reason, changed_at)
                values ('\(entry)', '\(tenant)', 'free', 'pro', '\(name)', '2026-01-01');
            insert into tenancy.quota_counts (tenant_id, metric, period_start, amount) values ('\(tenant)', 'uploads', '2026-01-01', 7);
            insert into tenancy.roles (tenant_id, name, description, scopes, created_at, updated_at)
                values ('\(tenant)', 'own', '\(name)', '{things:read}', '2026-01-01', '2026-01-01');
            insert into tenancy.api_keys (tenant_id, id, prefix, hash, name, scopes, created_by, created_at)
                values ('\(tenant)', '\(entry)', 'aaaaaaa1', sha256('key \(name)'), '\(name)', '{things:read}', '\(user)', '2026-01-01');
            insert into tenancy.revoked_sessions (session_id, user_id, revoked_at) values ('\(session)', '\(user)', '2026-01-01');
            insert into tenancy.invitations (tenant_id, id, email, role, hash, invited_by, created_at, expires_at)
                values ('\(tenant)', '\(entry)', 'guest-\(email)', 'viewer', sha256('guest \(name)'), '\(user)', '2026-01-01', '2999-01-01');
            insert into identity.user_sessions (id, user_id, tenant_id, factors, address, user_agent, created_at, authenticated_at, refreshed_at, expires_at)
                values ('\(session)', '\(user)', '\(tenant)', '{password}', '10.0.0.1', '\(name)', '2026-01-01', '2026-01-01', '2026-01-01', '2999-01-01');
            insert into identity.one_time_tokens (hash, purpose, user_id, email, tenant_id, created_at, expires_at)
                values (sha256('reset \(name)'), 'reset_password', '\(user)', '\(email)', '\(tenant)', '2026-01-01', '2999-01-01');
            insert into identity.mail_outbox (id, template, recipient, tenant_id, variables, created_at, due_at)
                values ('\(entry)', 'invitation', '\(email)', '\(tenant)', '\(name)', '2026-01-01', '2026-01-01');
            insert into identity.totp_factors (user_id, secret, created_at, confirmed_at)
                values ('\(user)', sha256('totp \(name)'), '2026-01-01', '2026-01-01');
            insert into identity.recovery_codes (user_id, hash, created_at) values ('\(user)', sha256('code \(name)'), '2026-01-01');
            insert into identity.providers (id, tenant_id, name, issuer, client_id, scopes, allowed_domains, created_at, updated_at)
                values ('\(entry)', '\(tenant)', '\(name)', 'https://\(name).example', '\(name)', '{openid}', '{}', '2026-01-01', '2026-01-01');
            insert into identity.provider_links (tenant_id, issuer, subject, user_id, created_at)
                values ('\(tenant)', 'https://\(name).example', '\(name)', '\(user)', '2026-01-01');
            insert into identity.operators (user_id, role, granted_at) values ('\(user)', 'support', '2026-01-01');
            update tenancy.subscriptions set period_anchor = '2026-01-01', period_start = '2026-01-01', customer_id = 'cus_\(name)', updated_at = '2026-01-01'
                where tenant_id = '\(tenant)';
            insert into tenancy.billing_events (id, kind, tenant_id, created_at, received_at)
                values ('evt_\(name)', 'customer.subscription.updated', '\(tenant)', '2026-01-01', '2026-01-01');
            insert into tenancy.data_keys (tenant_id, version, wrapped, master_id, created_at)
                values ('\(tenant)', 1, sha256('data key \(name)'), 'file:1', '2026-01-01');
            insert into tenancy.retentions (tenant_id, handler, due_at) values ('\(tenant)', 'retention', '2026-01-01');
            insert into tenancy.erasures (tenant_id, started_at, hooks, finished_at, claimed_until)
                values ('\(tenant)', '2026-01-01', '{uploads}', '2026-01-01', '2026-01-01');
            insert into app.resumable_uploads (tenant_id, id, user_id, length, received, parts, metadata, created_at, expires_at)
                values ('\(tenant)', '\(entry)', '\(user)', 10, 5, 1, '{"filename": "\(name)"}', '2026-01-01', '2999-01-01');
            insert into app.resumable_parts (tenant_id, upload_id, number, size, object) values ('\(tenant)', '\(entry)', 1, 5, 'resumable/\(name)');
            insert into app.file_clock (tenant_id, position) values ('\(tenant)', 3);
            insert into app.files (tenant_id, id, user_id, name, original_name, mime_type, size, sha256, kind, status, position, created_at, updated_at)
                values ('\(tenant)', '\(entry)', '\(user)', '\(name)', '\(name)', 'text/csv', 9, sha256('\(name)'), 'csv', 'completed', 1, '2026-01-01', '2026-01-01');
            insert into app.imports (tenant_id, id, file_id, file_name, user_id, status, dry_run, mapping, position, created_at, updated_at)
                values ('\(tenant)', '\(entry)', '\(entry)', '\(name)', '\(user)', 'completed', false, '{}', 2, '2026-01-01', '2026-01-01');
            insert into app.import_sources (tenant_id, import_id, source_id, is_new)
                select tenant_id, '\(entry)', id, true from app.kpi_sources where tenant_id = '\(tenant)';
            insert into app.import_replaced (tenant_id, import_id, source_id, "timestamp", value)
                select tenant_id, '\(entry)', id, '2026-01-01', 1 from app.kpi_sources where tenant_id = '\(tenant)';
            insert into app.import_refusals (tenant_id, import_id, number, row, line, reason, fields)
                values ('\(tenant)', '\(entry)', 1, 1, 2, '\(name)', '["\(name)"]');
            insert into tenancy.file_work (tenant_id, kind, id, due_at) values ('\(tenant)', 'read', '\(entry)', '2999-01-01');
            insert into app.data_sources (tenant_id, id, business_id, name, type, config, credentials, status, created_by, created_at, updated_at)
                select tenant_id, '\(entry)', id, '\(name)', 'http_json', '{}', sha256('credentials \(name)'), 'active', '\(user)', '2026-01-01', '2026-01-01'
                from app.businesses where tenant_id = '\(tenant)' order by id limit 1;
            insert into app.source_runs (tenant_id, id, source_id, attempt, trigger, status, error, started_at)
                values ('\(tenant)', '\(entry)', '\(entry)', 1, 'manual', 'failed', '{"message": "\(name)"}', '2026-01-01');
            insert into app.source_pushes (tenant_id, source_id, message_id, received_at) values ('\(tenant)', '\(entry)', '\(name)', '2026-01-01');
            insert into app.news_articles (tenant_id, id, business_id, source_id, title, url, url_key, title_key, source, published_at, created_at,
                    sentiment, sentiment_label, entities, topics, scored_at)
                select tenant_id, '\(entry)', business_id, id, '\(name)', '\(name)', sha256('\(name)'), sha256('\(name)'), '\(name)', '2026-01-01', '2026-01-01',
                    0.5, 'pos', '[{"kind": "place", "text": "\(name)"}]', '[]', '2026-01-01'
                from app.data_sources where tenant_id = '\(tenant)';
            insert into app.weather_data (tenant_id, business_id, source_id, location, kind, "timestamp", latitude, longitude, fetched_at)
                select tenant_id, business_id, id, '\(name)', 'observed', '2026-01-01', 1, 2, '2026-01-01' from app.data_sources where tenant_id = '\(tenant)';
            insert into app.market_data (tenant_id, business_id, source_id, symbol, "timestamp", value, fetched_at)
                select tenant_id, business_id, id, '\(name)', '2026-01-01', 1, '2026-01-01' from app.data_sources where tenant_id = '\(tenant)';
            insert into app.places (tenant_id, business_id, source_id, geoname_id, query, name, latitude, longitude, fetched_at)
                select tenant_id, business_id, id, 1, '\(name)', '\(name)', 1, 2, '2026-01-01' from app.data_sources where tenant_id = '\(tenant)';
            insert into tenancy.webhooks (resolver, id, tenant_id) values ('sources_push', '\(entry)', '\(tenant)');
            insert into tenancy.provider_calls (tenant_id, provider, period_start, calls) values ('\(tenant)', 'gdelt', '2026-01-01', 3);
            insert into tenancy.jobs (tenant_id, id, handler, kind, status, due_at, max_attempts, errors, created_at, finished_at)
                values ('\(tenant)', '\(entry)', 'other', 'work', 'completed', '2026-01-01', 5, '[{"message": "\(name)"}]', '2026-01-01', '2999-01-01');
            insert into tenancy.job_data (tenant_id, job_id, handler, arguments) values ('\(tenant)', '\(entry)', 'other', '{"name": "\(name)"}');
            insert into tenancy.timers (tenant_id, handler, name, definition, paused, created_at)
                values ('\(tenant)', 'other', 'daily', '{"kind": "work", "schedule": "@daily", "priority": 5, "max_attempts": 5}', true, '2026-01-01');
            insert into tenancy.timer_occurrences (tenant_id, handler, timer, fire_at, outcome, job_id, decided_at)
                values ('\(tenant)', 'other', 'daily', '2026-01-01', 'fired', '\(entry)', '2999-01-01');
            insert into app.alerts (tenant_id, id, business_id, name, severity, condition, rule, timing, created_at, updated_at)
                select '\(tenant)', '\(entry)', id, '\(name)', 'info', 'threshold', '{}', '{}', '2026-01-01', '2026-01-01' from app.businesses
                where tenant_id = '\(tenant)' order by id limit 1;
            insert into app.alert_firings (tenant_id, alert_id, number, severity, fired_at, summary)
                values ('\(tenant)', '\(entry)', 1, 'info', '2026-01-01', '\(name)');
            insert into app.alert_events (tenant_id, alert_id, id, occurred_at, kind) values ('\(tenant)', '\(entry)', '\(entry)', '2026-01-01', 'fired');
            insert into app.notification_channels (tenant_id, id, name, type, config, created_at, updated_at)
                values ('\(tenant)', '\(entry)', '\(name)', 'webhook', '{}', '2026-01-01', '2026-01-01');
            insert into app.notification_outbox (tenant_id, id, channel_id, key, severity, notice, due_at, created_at)
                values ('\(tenant)', '\(entry)', '\(entry)', '\(name)', 'info', '{}', '2999-01-01', '2026-01-01');
            insert into app.notification_deliveries (tenant_id, id, channel_id, message_id, messages, attempt, occurred_at, outcome, milliseconds)
                values ('\(tenant)', '\(entry)', '\(entry)', '\(entry)', 1, 1, '2026-01-01', 'delivered', 1);
            insert into app.notifications (tenant_id, id, type, severity, title, message, key, created_at)
                values ('\(tenant)', '\(entry)', 'message', 'info', '\(name)', '\(name)', '\(name)', '2026-01-01');
            insert into app.notification_reads (tenant_id, user_id, notification_id, read_at)
                values ('\(tenant)', '\(user)', '\(entry)', '2026-01-01');
            insert into app.notification_preferences (tenant_id, user_id, updated_at) values ('\(tenant)', '\(user)', '2026-01-01');
            insert into app.notification_templates (tenant_id, type, wording, updated_at) values ('\(tenant)', 'other', '{"title": "\(name)"}', '2026-01-01');
            insert into app.forecasts (tenant_id, id, business_id, source_id, metric, frequency, prediction, confidence, report, revision, created_at)
                select tenant_id, '\(entry)', business_id, id, '\(name)', 'daily', '[{"mean": 7}]', 0.5, '{"name": "\(name)"}', 1, '2026-01-01'
                from app.kpi_sources where tenant_id = '\(tenant)' order by id limit 1;
            insert into app.anomalies
                (tenant_id, id, business_id, source_id, "timestamp", kind, severity, score, value, expected, lower, upper, explanation, detected_at)
                select tenant_id, '\(entry)', business_id, id, '2026-01-01', 'spike', 'high', 3, 9, 1, 0, 2, '\(name)', '2026-01-01'
                from app.kpi_sources where tenant_id = '\(tenant)' order by id limit 1;
            update tenancy.kpi_changes set changed_at = '2026-01-01' where tenant_id = '\(tenant)';
            delete from tenancy.jobs where tenant_id = '\(tenant)' and handler in ('forecasts', 'alerts');
            insert into identity.preferences (user_id, preferences) values ('\(user)', '{"theme": "\(name)"}');

            """
    }

    /// What belongs to a tenant, or to its one user, in the tables above: values of a row, with commas between.
    static func recordHash(_ tenant: String) -> String {
        let byTenant = [
            "identity.security_events", "app.audit_log", "app.audit_seals", "app.audit_positions", "app.resumable_uploads",
            "app.resumable_parts", "tenancy.roles", "tenancy.api_keys",
            "tenancy.invitations", "tenancy.plan_changes", "tenancy.quota_counts", "identity.user_sessions", "identity.one_time_tokens",
            "identity.mail_outbox", "identity.providers",
            "identity.provider_links", "tenancy.subscriptions", "tenancy.billing_events", "tenancy.data_keys", "tenancy.retentions",
            "tenancy.erasures", "app.file_clock", "app.files", "app.imports", "app.import_sources", "app.import_replaced", "app.import_refusals",
            "tenancy.file_work", "app.data_sources", "app.source_runs", "app.source_pushes", "app.news_articles", "app.weather_data",
            "app.market_data", "app.places", "tenancy.webhooks", "tenancy.provider_calls",
            "tenancy.jobs", "tenancy.job_data", "tenancy.timers", "tenancy.timer_occurrences",
            "app.alerts", "app.alert_firings", "app.alert_events", "app.notification_channels", "app.notification_outbox",
            "app.notification_deliveries", "app.notifications", "app.notification_reads", "app.notification_preferences",
            "app.notification_templates",
            "app.forecasts", "app.anomalies", "tenancy.kpi_changes",
        ].map { "(select string_agg(t::text, '|' order by t::text) from \($0) t where t.tenant_id = \(tenant))" }
        let byUser = ["tenancy.revoked_sessions", "identity.totp_factors", "identity.recovery_codes", "identity.preferences", "identity.operators"]
            .map {
                "(select string_agg(t::text, '|' order by t::text) from \($0) t where t.user_id in "
                    + "(select e.user_id from identity.security_events e where e.tenant_id = \(tenant)))"
            }
        return (byTenant + byUser).joined(separator: ",\n            ")
    }
}
