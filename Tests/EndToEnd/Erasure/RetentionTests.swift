import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// What plans keep for a limited time.
    @Suite("retention", .testDatabase) struct RetentionTests {
        /// A source of a tenant with values of so many days ago.
        private func fill(_ member: Member, _ days: [Int]) async throws {
            let business = try await member.business(Int(member.tenant.uuid.low & 0xFF))
            try await TestDatabase.current.execute(
                """
                insert into app.kpi_sources (tenant_id, id, business_id, name, type) values ('\(member.tenant)', '\(business)', '\(business)', 's', 'upload');
                insert into app.kpi_data (tenant_id, source_id, "timestamp", value)
                    select '\(member.tenant)', '\(business)', now() - d * interval '1 day', d from unnest('{\(days.map(String.init).joined(separator: ","))}'::int[]) d;
                """)
        }

        private func kept(_ member: Member) async throws -> [Int] {
            try await TestDatabase.current.query("select value from app.kpi_data where tenant_id = $1 order by value", [.id(member.tenant)]).map {
                Int(try $0.float8(0))
            }
        }

        /// Runs a timer of a tenant at once, and waits until its job is over.
        private func run(_ timer: String, _ member: Member, _ host: RunningHost) async throws {
            let done = "select count(*) from tenancy.jobs where tenant_id = $1 and timer = $2 and status = 'completed'"
            let binds: [Bind] = [.id(member.tenant), .text(timer)]
            let before = try await TestDatabase.current.query(done, binds)[0].int64(0)
            try await host.eventually("the timer is there") {
                try await host.request("POST", "/jobs/timers/retention/\(timer)/run", token: try host.token(member)).status == 200
            }
            try await host.eventually("\(timer) has run") { try await TestDatabase.current.query(done, binds)[0].int64(0) > before }
        }

        @Test("privacy-04: what a plan keeps no longer goes, of its tenants alone, of suspended ones too, and not of one on hold") func retains()
            async throws
        {
            let database = try TestDatabase.current
            let members = [try await Member.make(1), try await Member.make(2), try await Member.make(3), try await Member.make(4)]
            try await database.execute(
                """
                update tenancy.plans set retention_days = 30 where name = 'pro';
                update tenancy.plans set retention_days = null where name = 'enterprise';
                update tenancy.tenants set plan = 'pro' where slug in ('tenant-1', 'tenant-3', 'tenant-4');
                update tenancy.tenants set plan = 'enterprise' where slug = 'tenant-2';
                update tenancy.tenants set legal_hold = true where slug = 'tenant-3';
                update tenancy.tenants set status = 'suspended' where slug = 'tenant-4';
                """)
            for member in members { try await fill(member, [1, 29, 31, 400]) }
            try await RunningHost.run { host in
                for member in [members[0], members[3]] {
                    try await host.eventually("old values are gone") { try await kept(member) == [1, 29] }
                }
                try await host.eventually("each handler that removes something is due again in a day, for both") {
                    try await database.query("select handler from tenancy.retentions where due_at > now() + interval '23 hours'").count == 8
                }
                #expect(try await kept(members[1]) == [1, 29, 31, 400])
                #expect(try await kept(members[2]) == [1, 29, 31, 400])
                try await database.execute("update tenancy.tenants set legal_hold = false")
                try await run("cleanup_old_data", members[2], host)
                #expect(try await kept(members[2]) == [1, 29], "the hold is lifted")
                let times = try await host.get(
                    "/jobs/timers/retention/cleanup_old_data/upcoming?count=1&after=2026-03-02T12:00:00Z", token: try host.token(members[0]))
                #expect(try times.json["times"] == ["2026-03-08T03:00:00Z"], "\(times.text)")
            }
        }

        /// Events of so many days ago, of a tenant or of none.
        private func events(_ member: Member?, _ days: [Int]) async throws {
            for days in days {
                _ = try await TestDatabase.current.query(
                    """
                    insert into identity.security_events (occurred_at, action, outcome, user_id, tenant_id, address, user_agent)
                        values (now() - $3::float8 * interval '1 day', 'login', 'ok', $2, $1, '192.0.2.7', 'Firefox')
                    """,
                    [.optional(member, { .id($0.tenant) }), .optional(member, { .id($0.user) }), .float8(Double(days))])
            }
        }

        private func addresses(_ member: Member?) async throws -> [String] {
            try await TestDatabase.current.query(
                """
                select address || user_agent from identity.security_events
                where tenant_id is not distinct from $1 and action = 'login' order by occurred_at
                """, [.optional(member, { .id($0.tenant) })]
            ).map { try $0.text(0) }
        }

        @Test("addresses of old sign-ins go by a timer, of its tenant alone, and not of one on hold; what happened stays") func anonymizes()
            async throws
        {
            let database = try TestDatabase.current
            let members = [try await Member.make(1), try await Member.make(2), try await Member.make(3)]
            try await database.execute("update tenancy.tenants set legal_hold = true where slug = 'tenant-3'")
            for member in members { try await events(member, [10, 300, 500]) }
            try await RunningHost.run { host in
                for member in [members[0], members[2]] { try await run("cleanup_old_data", member, host) }
                let whole = "192.0.2.7Firefox"
                #expect(try await addresses(members[0]) == ["", whole, whole])
                #expect(try await addresses(members[1]) == [whole, whole, whole])
                #expect(try await addresses(members[2]) == [whole, whole, whole])
            }
        }

        @Test("addresses of old sign-ins of no tenant go, and of a suspended one, whose timers stand still; not of one on hold") func stray()
            async throws
        {
            let database = try TestDatabase.current
            let members = [try await Member.make(1), try await Member.make(2), try await Member.make(3)]
            try await database.execute(
                """
                update tenancy.tenants set status = 'suspended' where slug in ('tenant-2', 'tenant-3');
                update tenancy.tenants set legal_hold = true where slug = 'tenant-3';
                """)
            for member in members.map(Optional.some) + [nil] { try await events(member, [10, 400]) }
            let whole = "192.0.2.7Firefox"
            try await RunningHost.run { host in
                try await host.eventually("the timer is there") {
                    try await database.query(
                        "update tenancy.timers set next_at = date_trunc('day', now()) where name = 'anonymize_old_events' and next_at is not null returning 1"
                    ).count == 1
                }
                try await host.eventually("those of no tenant are without") { try await addresses(nil) == ["", whole] }
                #expect(try await addresses(members[1]) == ["", whole])
                #expect(try await addresses(members[0]) == [whole, whole], "its own timer does that")
                #expect(try await addresses(members[2]) == [whole, whole])
            }
        }

        @Test("old hours of usage are added up to days by a timer: no sum changes") func usage() async throws {
            let database = try TestDatabase.current
            let member = try await Member.make()
            try await database.execute(
                """
                insert into tenancy.usage (tenant_id, handler, hour, invocations, errors, cpu_us, database_us, rows, database_bytes, request_bytes, answer_bytes, jobs)
                    select '\(member.tenant)', 'dashboards', date_trunc('day', now() - d * interval '1 day', 'UTC') + h * interval '1 hour', 1, 2, 3, 4, 5, 6, 7, 8, 9
                    from unnest('{80, 100, 200}'::int[]) d, generate_series(0, 23) h
                """)
            let sums = """
                select count(*) || ' ' || sum(invocations) || ' ' || sum(jobs) || ' ' || sum(answer_bytes) from tenancy.usage
                where tenant_id = $1 and handler = 'dashboards' and hour < now() - interval '70 days'
                """
            try await RunningHost.run { host in
                try await host.eventually("the timer is there") {
                    try await database.query(
                        "update tenancy.timers set next_at = date_trunc('hour', now()) where name = 'refresh_usage' and next_at is not null returning 1"
                    ).count == 1
                }
                try await host.eventually("days are added up, and what is younger is not") {
                    try await database.query(sums, [.id(member.tenant)])[0].text(0) == "26 72 648 576"
                }
            }
        }
    }
}
