import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// As a tenant, in two databases that differ only in another tenant's rows: every answer must be the same, byte for byte.
    ///
    /// The routes come from `tenantry handler list --json`, so that new ones join by themselves. What an answer makes anew (ids, the time) is
    /// replaced by its place of first appearance, since it differs between any two runs.
    @Suite("Two worlds") struct TwoWorlds {
        struct Handler: Decodable {
            var routes: [ListedRoute]
        }

        /// Routes that never end by themselves, or end their process.
        private static let unsuitable: Set = [
            "/probe/trap", "/probe/write/trap", "/probe/mark", "/probe/burn", "/probe/write/slow", "/probe/loop", "/probe/block", "/probe/allocate",
            "/probe/hold", "/probe/audited",
            "/probe/counter/live",
            // How much of the use is written down yet differs between any two runs.
            "/users/usage",
        ]

        /// Calls whose answer holds short random texts, which differ between any two runs: secrets of authenticators, prefixes of keys.
        private static let random: Set = ["POST /auth/mfa/totp", "POST /auth/mfa/recovery-codes", "POST /api-keys", "GET /api-keys"]

        private static let ours = UUID(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0001)
        private static let theirs = UUID(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0064)
        /// Ours, one that is the neighbour's in one of the worlds, one that is nobody's, and no id at all.
        private static let ids = ["\(ours)", "\(theirs)", "\(UUID.zero)", "not-an-id"]

        @Test("no answer tells one from the other") func alike() async throws {
            let plain = try await world(crowded: false)
            let crowded = try await world(crowded: true)
            #expect(plain.count == crowded.count)
            #expect(plain.count > 60)
            for (first, second) in zip(plain, crowded) where first != second {
                Issue.record("the worlds differ:\n\(first)\n\(second)")
            }
        }

        private func world(crowded: Bool) async throws -> [String] {
            try await TestDatabase.withFresh { database in
                let member = try await Member.make(1)
                try await seed(database, tenant: 1, businesses: [1, 2], points: 40)
                // Files stay as they came: how far they are read would differ between any two runs.
                try await database.execute(
                    """
                    insert into tenancy.file_work (tenant_id, kind, id, due_at, claimed_until)
                        values ('\(member.tenant)', 'remove', '\(UUID.zero)', 'infinity', 'infinity');
                    -- Jobs wait for ever, for the same reason.
                    create function public.hold_job() returns trigger language plpgsql as 'begin new.status := ''paused''; return new; end';
                    create trigger hold before insert on tenancy.jobs for each row execute function public.hold_job();
                    """)
                _ = try await Member.make(2)
                try await seed(database, tenant: 2, businesses: crowded ? [100, 101, 102] : [], points: crowded ? 500 : 0)
                if crowded { try await seedRecord(database, tenant: 2) }
                // How far jobs are would differ, too.
                try await database.execute("delete from tenancy.jobs where handler in ('forecasts', 'alerts')")
                return try await RunningHost.run { host in
                    // No timer comes to its time meanwhile.
                    try await RunningHost.eventually("timers are reckoned", within: .seconds(60)) {
                        try await database.query("select coalesce(bool_and(next_at is not null), false) from tenancy.timers")[0].bool(0)
                    }
                    try await database.execute("update tenancy.timers set paused = true")
                    var seen = Normalizer()
                    var answers: [String] = []
                    let token = try host.token(member)
                    for request in try await routes(database).filter({
                        !Self.unsuitable.contains($0.path) && !Self.random.contains("\($0.method) \($0.path)") && $0.access != "system"
                    }).flatMap({ $0.requests(Self.ids) }) {
                        // How long wrong passwords are slowed depends on how fast they come, so none is remembered.
                        if request.path == "/auth/change-password" { try await database.execute("delete from identity.failures") }
                        let answer = try await host.request(
                            request.method, request.path, token: token, headers: [("x-request-id", "two-worlds"), ("content-type", request.type)],
                            body: request.body)
                        let headers = answer.headers.filter { !["date", "server-timing", "x-process-time"].contains($0.name) }
                        answers.append(
                            seen.normalize(
                                "\(request.method) \(request.path) \(String(decoding: request.body ?? [], as: UTF8.self)) → \(answer.status) "
                                    + "\(headers.map { "\($0.name): \($0.value)" }) \(answer.text)"))
                    }
                    #expect(answers.count { $0.contains(" → 20") } > 25)
                    return answers
                }
            }
        }

        private func routes(_ database: TestDatabase) async throws -> [ListedRoute] {
            let listed = try await Blocking.run {
                let program = try ChildProgram("tenantry", ["handler", "list", "--json"], environment: try RunningHost.environment(database))
                let (status, printed) = program.finish()
                guard status == 0 else { throw AppError(.internalError, printed) }
                return printed
            }
            // What removes comes last, so that there is something to read before.
            let order = ["GET", "POST", "PUT", "PATCH", "DELETE"]
            return try JSON.decode([Handler].self, from: try JSON.read(Array(listed.utf8))).flatMap(\.routes)
                .sorted { (order.firstIndex(of: $0.method) ?? 0, $0.path) < (order.firstIndex(of: $1.method) ?? 0, $1.path) }
        }

        /// Sessions, keys, roles, an invitation, events and lines of the log: the neighbour's.
        private func seedRecord(_ database: TestDatabase, tenant number: Int) async throws {
            let tenant = TenantID(UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number)))
            let user = UserID(UUID(high: 0x0190_0000_0000_7001, low: 0x8000_0000_0000_0000 | UInt64(number)))
            try await database.execute(
                """
                insert into app.audit_log (tenant_id, id, user_id, role, action, target_type, target_id, handler, address, user_agent, request_id)
                    select '\(tenant)', gen_random_uuid(), '\(user)', 'owner', 'entry.added', 'entry', 'kept', 'probe', '10.0.0.2', 'kept', 'two-worlds'
                    from generate_series(1, 30);
                insert into identity.security_events (action, outcome, user_id, tenant_id, address, user_agent)
                    select 'login', 'ok', '\(user)', '\(tenant)', '10.0.0.2', 'kept' from generate_series(1, 30);
                insert into tenancy.roles (tenant_id, name, scopes) values ('\(tenant)', 'sales', '{businesses:read}');
                insert into tenancy.api_keys (tenant_id, id, prefix, hash, name, scopes, created_by)
                    values ('\(tenant)', '\(Self.theirs)', 'aaaaaaa1', sha256('kept'), 'kept', '{businesses:read}', '\(user)');
                insert into tenancy.invitations (tenant_id, id, email, role, hash, invited_by, expires_at)
                    values ('\(tenant)', '\(Self.theirs)', 'nobody@example.test', 'viewer', sha256('kept'), '\(user)', '2999-01-01');
                insert into app.file_clock (tenant_id, position) values ('\(tenant)', 2);
                insert into app.files (tenant_id, id, user_id, name, original_name, mime_type, size, sha256, kind, status, position)
                    values ('\(tenant)', '\(Self.theirs)', '\(user)', 'kept', 'kept', 'text/csv', 4, sha256('kept'), 'csv', 'completed', 1);
                insert into app.imports (tenant_id, id, file_id, file_name, user_id, status, dry_run, mapping, position)
                    values ('\(tenant)', '\(Self.theirs)', '\(Self.theirs)', 'kept', '\(user)', 'completed', false, '{}', 2);
                insert into app.alerts (tenant_id, id, business_id, name, severity, condition, rule, timing)
                    values ('\(tenant)', '\(Self.theirs)', '\(Self.theirs)', 'kept', 'info', 'threshold', '{}', '{}');
                insert into app.alert_events (tenant_id, alert_id, id, occurred_at, kind)
                    values ('\(tenant)', '\(Self.theirs)', '\(Self.theirs)', '2026-01-01', 'fired');
                insert into app.notification_channels (tenant_id, id, name, type, config)
                    values ('\(tenant)', '\(Self.theirs)', 'sales', 'webhook', '{}');
                insert into app.notification_deliveries (tenant_id, id, channel_id, message_id, messages, attempt, occurred_at, outcome, milliseconds)
                    values ('\(tenant)', '\(Self.theirs)', '\(Self.theirs)', '\(Self.theirs)', 1, 1, '2026-01-01', 'delivered', 1);
                insert into app.notifications (tenant_id, id, type, severity, title, message, key)
                    values ('\(tenant)', '\(Self.theirs)', 'message', 'info', 'kept', 'kept', 'kept');
                insert into app.forecasts (tenant_id, id, business_id, source_id, metric, frequency, prediction, report, revision)
                    select tenant_id, gen_random_uuid(), business_id, id, name, 'daily', '[]', '{}', 1 from app.kpi_sources where tenant_id = '\(tenant)';
                insert into app.anomalies
                    (tenant_id, id, business_id, source_id, "timestamp", kind, severity, score, value, expected, lower, upper, explanation)
                    select tenant_id, gen_random_uuid(), business_id, id, '2024-01-02Z', 'spike', 'high', 3, 9, 1, 0, 2, 'kept'
                    from app.kpi_sources where tenant_id = '\(tenant)';
                insert into identity.user_sessions (id, user_id, tenant_id, factors, address, user_agent, expires_at)
                    values ('\(Self.theirs)', '\(user)', '\(tenant)', '{password}', '10.0.0.2', 'kept', '2999-01-01');
                """)
        }

        private func seed(_ database: TestDatabase, tenant: Int, businesses: [Int], points: Int) async throws {
            let tenant = TenantID(UUID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(tenant)))
            for number in businesses {
                let business = UUID(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0000 | UInt64(number))
                let source = UUID(high: 0x0190_0000_0000_7003, low: 0x8000_0000_0000_0000 | UInt64(number))
                _ = try await database.query(
                    "insert into app.businesses (tenant_id, id, name, created_at, updated_at) values ($1, $2, $3, '2024-01-01Z', '2024-01-01Z')",
                    [.id(tenant), .uuid(business), .text("Business \(number)")])
                _ = try await database.query(
                    """
                    insert into app.kpi_sources (tenant_id, id, business_id, name, type, config, created_at)
                    values ($1, $2, $3, 'sales', 'upload', '{}', '2024-01-01Z')
                    """, [.id(tenant), .uuid(source), .uuid(business)])
                _ = try await database.query(
                    """
                    insert into app.kpi_data (tenant_id, source_id, "timestamp", value)
                    select $1, $2, '2024-01-01Z'::timestamptz + n * interval '1 day', n from generate_series(0, $3::int8 - 1) n
                    """, [.id(tenant), .uuid(source), .int64(Int64(points))])
                _ = try await database.query(
                    "insert into probe.entries (tenant_id, number, text) values ($1, $2, 'kept')", [.id(tenant), .int64(Int64(number))])
            }
        }
    }
}

/// Replaces ids and times that a run made anew by the order in which they first appeared.
struct Normalizer {
    private var ids: [UUID: Int] = [:]
    private var tokens: [ArraySlice<UInt8>: Int] = [:]
    private let start = TimeSource.system.now() - .seconds(3600)

    mutating func normalize(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if let id = UUID(String(decoding: bytes[position..<min(position + 36, bytes.count)], as: UTF8.self)), isNew(id) {
                let number = ids[id] ?? ids.count
                ids[id] = number
                result += "<id \(number)>".utf8
                position += 36
            } else if bytes[position] == UInt8(ascii: "\""), let end = bytes[(position + 1)...].firstIndex(of: UInt8(ascii: "\"")),
                end - position < 40,
                let time = Timestamp(String(decoding: bytes[(position + 1)..<end], as: UTF8.self)), time > start
            {
                result += "\"<now>\"".utf8
                position = end + 1
            } else if let run = Self.token(bytes, position) {
                let number = tokens[run] ?? tokens.count
                tokens[run] = number
                result += "<token \(number)>".utf8
                position += run.count
            } else if let end = Self.time(bytes, position),
                let time = Timestamp(String(decoding: bytes[position...end], as: UTF8.self)), time > start
            {
                result += "<now>".utf8
                position = end + 1
            } else {
                result.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// A cursor, a hash or a token: forty and more digits of base 64, where one begins.
    private static func token(_ bytes: [UInt8], _ start: Int) -> ArraySlice<UInt8>? {
        func isDigit(_ byte: UInt8) -> Bool {
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }
        guard isDigit(bytes[start]), start == 0 || !isDigit(bytes[start - 1]) else { return nil }
        let run = bytes[start...].prefix(while: isDigit)
        return run.count >= 40 ? run : nil
    }

    /// Where a time without quotes ends, as it stands in a table.
    private static func time(_ bytes: [UInt8], _ start: Int) -> Int? {
        guard bytes[start] == UInt8(ascii: "2") else { return nil }
        return bytes[start..<min(start + 28, bytes.count)].firstIndex(of: UInt8(ascii: "Z"))
    }

    /// The ids of the seeded rows stay as they are, whoever's they are.
    private func isNew(_ id: UUID) -> Bool { id != .zero && id.high >> 16 != 0x0190_0000_0000 }
}
