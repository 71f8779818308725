import Kernel
import Postgres
import TestSupport
import Testing

extension Integration {
    /// How a handler ends jobs of its own by their keys.
    @Suite("jobs that handlers cancel", .testDatabase) struct JobCancel {
        private static var limit: Deadline { .after(.seconds(60)) }

        private func handler(_ tenant: TenantID, _ sql: String, name: String = "probe") async throws -> Rows {
            let database = try TestDatabase.current
            let context = try database.context(tenant: tenant, handler: name)
            return try await database.client(role: name).withConnection(deadline: Self.limit) { connection in
                try await connection.transaction {
                    _ = try await connection.query("select tenancy.use($1)", [.text(context)])
                    return try await connection.query(sql)
                }
            }
        }

        private func enqueue(_ tenant: TenantID, _ number: Int, name: String = "probe", key: String = "'a'", delay: Int = 0) async throws {
            _ = try await handler(
                tenant, "select jobs.enqueue('\(UUID(high: 3, low: UInt64(number)))', 'k', null, \(delay), 5, 5, \(key))", name: name)
        }

        private func cancel(_ tenant: TenantID, name: String = "probe", running: Bool) async throws -> Int64 {
            try await handler(tenant, "select jobs.cancel('k', 'a', \(running))", name: name)[0].int64(0)
        }

        private func state(_ job: Int) async throws -> String {
            try await TestDatabase.current.query(
                "select status || ' ' || cancel_requested from tenancy.jobs where id = $1", [.uuid(UUID(high: 3, low: UInt64(job)))])[0].text(0)
        }

        @Test("what waits or is scheduled under the key ends, and the key is free; other keys, handlers and tenants keep theirs") func waiting()
            async throws
        {
            let (one, two) = (try await TestDatabase.current.tenant(1), try await TestDatabase.current.tenant(2))
            try await enqueue(one, 1, delay: 60)
            try await enqueue(one, 2, key: "'b'")
            try await enqueue(one, 3, key: "null")
            try await enqueue(one, 4, name: "uploads")
            try await enqueue(two, 5)
            #expect(try await cancel(one, running: false) == 1)
            #expect(try await cancel(one, running: true) == 0)
            #expect(try await state(1) == "cancelled true")
            for job in 2...5 { #expect(try await state(job) == "waiting false", "\(job)") }
            try await enqueue(one, 6)
            #expect(try await state(6) == "waiting false")
        }

        @Test("pitfall 39: a job that was asked to stop commits nothing any more, and its key is free for the next one at once") func replaced()
            async throws
        {
            let tenant = try await TestDatabase.current.tenant(1)
            let claimer = UUID(high: 1, low: 1)
            let host = try TestDatabase.current.client(role: "host")
            func claim() async throws -> Int {
                try await host.withConnection(deadline: Self.limit) {
                    try await $0.query("select id from tenancy.claim_jobs('\(claimer)', '{\(tenant)}', '{5}', '{probe}', 60)").count
                }
            }
            /// The SQLSTATE where an attempt of the job may not commit.
            func commit(_ job: Int, _ function: String) async throws -> String? {
                let database = try TestDatabase.current
                let context = try database.context(
                    tenant: tenant, handler: "probe", attempt: 1, invocation: UUID(high: 3, low: UInt64(job)))
                do {
                    _ = try await database.client(role: "probe").withConnection(deadline: Self.limit) { connection in
                        try await connection.transaction {
                            _ = try await connection.query("select tenancy.use($1)", [.text(context)])
                            return try await connection.query("select jobs.\(function)")
                        }
                    }
                    return nil
                } catch let error as PostgresError { return error.sqlState }
            }
            try await enqueue(tenant, 1)
            #expect(try await claim() == 1)
            #expect(try await commit(1, "fence()") == nil)
            // The key is another one's as long as nobody has asked it to stop.
            try await enqueue(tenant, 2)
            #expect(try await TestDatabase.current.query("select from tenancy.jobs").count == 1)
            #expect(try await cancel(tenant, running: true) == 1)
            try await enqueue(tenant, 2)
            #expect(try await state(2) == "waiting false")
            for function in ["fence()", "advance(0.5, null)", "complete()"] { #expect(try await commit(1, function) == "TJ001", "\(function)") }
            #expect(try await claim() == 1)
            #expect(try await commit(2, "complete()") == nil)
            // By its id as by its key.
            try await enqueue(tenant, 3)
            #expect(try await claim() == 1)
            _ = try await handler(tenant, "select jobs.steer('\(UUID(high: 3, low: 3))', 'cancel')", name: "jobs")
            try await enqueue(tenant, 4)
            #expect(try await state(3) == "running true")
            #expect(try await state(4) == "waiting false")
            #expect(try await commit(3, "fence()") == "TJ001")
            // Whoever begins anew what has ended needs the key again.
            try await TestDatabase.current.execute("update tenancy.jobs set status = 'cancelled', finished_at = now() where cancel_requested")
            func retry() async throws -> Int {
                try await handler(tenant, "select jobs.steer('\(UUID(high: 3, low: 3))', 'retry')", name: "jobs").count
            }
            #expect(try await retry() == 0)
            try await TestDatabase.current.execute("update tenancy.jobs set status = 'completed', finished_at = now() where finished_at is null")
            #expect(try await retry() == 1)
        }

        @Test("what runs is left alone, or asked to stop and ends as cancelled when it does") func running() async throws {
            let tenant = try await TestDatabase.current.tenant(1)
            let claimer = UUID(high: 1, low: 1)
            let host = try TestDatabase.current.client(role: "host")
            try await enqueue(tenant, 1)
            _ = try await host.withConnection(deadline: Self.limit) {
                try await $0.query("select id from tenancy.claim_jobs('\(claimer)', '{\(tenant)}', '{5}', '{probe}', 60)")
            }
            #expect(try await cancel(tenant, running: false) == 0)
            #expect(try await state(1) == "running false")
            #expect(try await cancel(tenant, running: true) == 1)
            #expect(try await state(1) == "running true")
            let outcome = try await host.withConnection(deadline: Self.limit) {
                try await $0.query("select tenancy.fail_job('\(tenant)', '\(UUID(high: 3, low: 1))', 1, '\(claimer)', '{\"code\": \"X\"}', 0, true)")
            }
            #expect(try outcome[0].optionalText(0) == "cancelled")
        }
    }
}
