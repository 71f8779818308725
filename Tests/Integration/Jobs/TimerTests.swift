import Kernel
import Postgres
import TestSupport
import Testing

extension Integration {
    /// Timers, at the database's own functions.
    @Suite("timers in the database", .testDatabase) struct Timers {
        private static var limit: Deadline { .after(.seconds(60)) }
        private static let definition =
            #"{"kind": "nothing", "schedule": "@daily", "time_zone": "tenant", "overlap": "skip", "catch_up": "latest", "spread_seconds": 0, "priority": 5, "max_attempts": 5}"#

        private func host(_ sql: String) async throws -> Rows {
            try await TestDatabase.current.client(role: "host").withConnection(deadline: Self.limit) { try await $0.query(sql) }
        }

        private func sync(_ list: String) async throws -> Int64 { try await host("select tenancy.sync_timers('probe', '\(list)')")[0].int64(0) }

        private func list(_ scope: String = "tenant", _ definition: String = Self.definition) -> String {
            #"[{"name": "daily", "scope": "\#(scope)", "definition": \#(definition)}]"#
        }

        private func timers() async throws -> [String] {
            try await TestDatabase.current.query(
                "select coalesce(t.slug, '-') || ' ' || coalesce(i.next_at::date::text, 'new') from tenancy.timers i left join tenancy.tenants t on t.id = i.owner_id order by 1"
            ).map { try $0.text(0) }
        }

        private func fire(_ tenant: String, expected: String, next: String, at: String, outcome: String = "fired", job: Int) async throws -> Int32 {
            try await host(
                "select tenancy.fire_timer('\(tenant)', 'probe', 'daily', \(expected), '\(next)', 'UTC', '{\(at)}', '{\(outcome)}', '{1}', '{\(UUID(high: 4, low: UInt64(job)))}', '{0}')"
            )[0].int32(0)
        }

        private func occurrences() async throws -> [String] {
            try await TestDatabase.current.query(
                "select fire_at::date || ' ' || outcome || ' ' || (job_id is not null) from tenancy.timer_occurrences order by fire_at"
            ).map { try $0.text(0) }
        }

        @Test("timers follow their manifest and their tenants; a changed schedule is reckoned anew, a moved tenant too") func sync() async throws {
            let one = try await TestDatabase.current.tenant(1)
            #expect(try await sync(list()) == 1)
            #expect(try await sync(list()) == 0)
            _ = try await TestDatabase.current.tenant(2)
            #expect(try await sync(list()) == 1)
            try await TestDatabase.current.execute("update tenancy.timers set next_at = '2026-01-01', next_zone = 'UTC'")
            #expect(try await sync(list("tenant", Self.definition.replacing("latest", with: "skip"))) == 2)
            #expect(try await timers() == ["tenant-1 2026-01-01", "tenant-2 2026-01-01"])
            try await TestDatabase.current.execute("update tenancy.tenants set time_zone = 'Europe/Berlin' where id = '\(one)'")
            _ = try await sync(list("tenant", Self.definition.replacing("latest", with: "skip")))
            #expect(try await timers() == ["tenant-1 new", "tenant-2 2026-01-01"])
            #expect(try await sync(list("tenant", Self.definition.replacing("@daily", with: "@hourly"))) == 2)
            #expect(try await timers() == ["tenant-1 new", "tenant-2 new"])
            #expect(try await sync(list("system")) == 3)
            #expect(try await timers() == ["- new"])
            #expect(try await sync("[]") == 1)
        }

        @Test("pitfall 40: a time fires once, however many hosts come to it, and again after each restart") func once() async throws {
            let tenant = try await TestDatabase.current.tenant(1)
            _ = try await sync(list())
            #expect(try await fire("\(tenant)", expected: "null", next: "2026-01-01", at: "2025-12-31", job: 1) == 1)
            let results = try await withThrowingTaskGroup(of: Int32.self) { group in
                for host in 0..<6 {
                    group.addTask { try await fire("\(tenant)", expected: "'2026-01-01'", next: "2026-01-02", at: "2026-01-01", job: 10 + host) }
                }
                return try await group.reduce(0, +)
            }
            #expect(results == 1)
            #expect(try await fire("\(tenant)", expected: "'2026-01-01'", next: "2026-01-02", at: "2026-01-01", job: 20) == 0)
            // Even where the timer itself was put back.
            try await TestDatabase.current.execute(
                "update tenancy.timers set next_at = '2026-01-01'; update tenancy.jobs set status = 'completed', finished_at = now()")
            #expect(try await fire("\(tenant)", expected: "'2026-01-01'", next: "2026-01-02", at: "2026-01-01", job: 21) == 1)
            #expect(try await TestDatabase.current.query("select from tenancy.jobs").count == 1)
            #expect(try await occurrences().count == 2)
        }

        @Test("a timer that queues has its jobs run one behind the other, in the order of their times, whatever becomes of the one before")
        func queued() async throws {
            let tenant = try await TestDatabase.current.tenant(1)
            _ = try await sync(list("tenant", Self.definition.replacing("\"overlap\": \"skip\"", with: "\"overlap\": \"queue\"")))
            #expect(try await fire("\(tenant)", expected: "null", next: "2026-01-02", at: "2026-01-01", job: 1) == 1)
            for day in 2...4 {
                let at = "2026-01-0\(day)"
                #expect(try await fire("\(tenant)", expected: "'\(at)'", next: "2026-01-0\(day + 1)", at: at, job: day) == 1)
            }
            func states() async throws -> [String] {
                try await TestDatabase.current.query("select status from tenancy.jobs order by fire_at").map { try $0.text(0) }
            }
            func end(_ status: String) async throws {
                try await TestDatabase.current.execute(
                    "update tenancy.jobs set status = '\(status)', finished_at = clock_timestamp() where status = 'waiting'")
            }
            #expect(try await states() == ["waiting", "queued", "queued", "queued"])
            #expect(try await occurrences().allSatisfy { $0.hasSuffix("fired true") })
            try await end("completed")
            #expect(try await states() == ["completed", "waiting", "queued", "queued"])
            try await end("dead")
            // One that queues is cancelled: those behind it wait for the one in front of it yet.
            try await TestDatabase.current.execute(
                "update tenancy.jobs set status = 'cancelled', finished_at = clock_timestamp() where fire_at = '2026-01-04'")
            #expect(try await states() == ["completed", "dead", "waiting", "cancelled"])
            try await end("completed")
            #expect(try await fire("\(tenant)", expected: "'2026-01-05'", next: "2026-01-06", at: "2026-01-05", job: 5) == 1)
            #expect(try await states() == ["completed", "dead", "completed", "cancelled", "waiting"])
        }

        @Test("a time at which the job before runs yet gets none, and says so; a paused timer fires nothing") func overlap() async throws {
            let tenant = try await TestDatabase.current.tenant(1)
            _ = try await sync(list())
            #expect(try await fire("\(tenant)", expected: "null", next: "2026-01-02", at: "2026-01-01", job: 1) == 1)
            #expect(try await fire("\(tenant)", expected: "'2026-01-02'", next: "2026-01-03", at: "2026-01-02", job: 2) == 1)
            #expect(try await fire("\(tenant)", expected: "'2026-01-03'", next: "2026-01-04", at: "2026-01-03", outcome: "missed", job: 3) == 1)
            #expect(try await occurrences() == ["2026-01-01 fired true", "2026-01-02 overlapped false", "2026-01-03 missed false"])
            try await TestDatabase.current.execute("update tenancy.timers set paused = true")
            #expect(try await fire("\(tenant)", expected: "'2026-01-04'", next: "2026-01-05", at: "2026-01-04", job: 4) == 0)
            #expect(try await host("select from tenancy.due_timers('{probe}', 9)").isEmpty)
            try await TestDatabase.current.execute("update tenancy.timers set paused = false")
            #expect(try await host("select from tenancy.due_timers('{probe}', 9)").count == 1)
            #expect(try await host("select from tenancy.due_timers('{uploads}', 9)").isEmpty)
        }
    }
}
