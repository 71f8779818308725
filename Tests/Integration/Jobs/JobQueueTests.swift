import Kernel
import Postgres
import TestSupport
import Testing

extension Integration {
    /// The queue of jobs, at the database's own functions.
    @Suite("the queue of jobs in the database", .testDatabase) struct JobQueue {
        private static var limit: Deadline { .after(.seconds(60)) }
        private let first = UUID(high: 1, low: 1)
        private let second = UUID(high: 1, low: 2)

        private func host(_ sql: String) async throws -> Rows {
            try await TestDatabase.current.client(role: "host").withConnection(deadline: Self.limit) { try await $0.query(sql) }
        }

        /// As a handler, in one transaction; with an attempt of a job where one is named. The SQLSTATE where it is refused.
        private func handler(
            _ tenant: TenantID, _ sql: String, name: String = "probe", job: Int? = nil, attempt: Int = 0
        ) async throws -> Result<Rows, PostgresError> {
            let database = try TestDatabase.current
            let context = try database.context(
                tenant: tenant, handler: name, attempt: attempt, invocation: job.map { UUID(high: 3, low: UInt64($0)) })
            do {
                return .success(
                    try await database.client(role: name).withConnection(deadline: Self.limit) { connection in
                        try await connection.transaction {
                            _ = try await connection.query("select tenancy.use($1)", [.text(context)])
                            return try await connection.query(sql)
                        }
                    })
            } catch let error as PostgresError { return .failure(error) }
        }

        private func enqueue(
            _ tenant: TenantID, _ number: Int, name: String = "probe", priority: Int = 5, delay: Double = 0, most: Int = 5, key: String = "null",
            arguments: String = "null"
        ) async throws -> String {
            let rows = try await handler(
                tenant,
                "select job_id, is_new from jobs.enqueue('\(UUID(high: 3, low: UInt64(number)))', 'k', \(arguments), \(delay), \(priority), \(most), \(key))",
                name: name)
            let row = try rows.get()[0]
            return "\(try row.uuid(0).low) \(try row.bool(1))"
        }

        /// `job/attempt` of what was claimed.
        private func claim(_ claimer: UUID, _ tenant: TenantID, most: Int = 10, handlers: [String] = ["probe", "uploads"]) async throws -> [String] {
            func array(_ text: String) -> String { "array[\([String](repeating: text, count: handlers.count).joined(separator: ", "))]" }
            return try await host(
                """
                select id, attempt from tenancy.claim_jobs('\(claimer)', \(array("'\(tenant)'"))::uuid[], \(array("\(most)")), \
                    '{\(handlers.joined(separator: ","))}', 60) order by id
                """
            ).map { "\(try $0.uuid(0).low)/\(try $0.int32(1))" }
        }

        private func renew(_ claimer: UUID, _ tenant: TenantID, _ job: Int, _ attempt: Int) async throws -> Int {
            try await host(
                "select 1 from tenancy.renew_jobs('\(claimer)', '{\(tenant)}', '{\(UUID(high: 3, low: UInt64(job)))}', '{\(attempt)}', 60)"
            ).count
        }

        private func fail(_ claimer: UUID, _ tenant: TenantID, _ job: Int, _ attempt: Int, _ delay: String, blameless: Bool = false) async throws
            -> String?
        {
            try await host(
                "select tenancy.fail_job('\(tenant)', '\(UUID(high: 3, low: UInt64(job)))', \(attempt), '\(claimer)', '{\"code\": \"X\"}', \(delay), \(blameless))"
            )[0].optionalText(0)
        }

        private func lapse(_ job: Int) async throws -> Int64 {
            try await TestDatabase.current.execute(
                "update tenancy.jobs set claimed_until = '-infinity' where id = '\(UUID(high: 3, low: UInt64(job)))'")
            return try await host("select tenancy.take_lapsed_jobs(10)")[0].int64(0)
        }

        private func state(_ job: Int) async throws -> String {
            let rows = try await TestDatabase.current.query(
                "select status || '/' || attempt || '/' || jsonb_array_length(errors) from tenancy.jobs where id = $1",
                [.uuid(UUID(high: 3, low: UInt64(job)))])
            return try rows[0].text(0)
        }

        @Test("jobs are claimed by priority, then by age; each once, by whoever is first, of handlers that are served") func order() async throws {
            let (one, two) = (try await TestDatabase.current.tenant(1), try await TestDatabase.current.tenant(2))
            for (number, priority) in [(1, 5), (2, 5), (3, 1), (4, 9)] {
                #expect(try await enqueue(one, number, priority: priority) == "\(number) true")
            }
            _ = try await enqueue(two, 5, name: "uploads")
            _ = try await enqueue(two, 6, delay: 3600)
            #expect(try await claim(first, one, most: 2) == ["1/1", "3/1"])
            #expect(try await claim(second, one, most: 1) == ["2/1"])
            #expect(try await claim(second, two, handlers: ["probe"]) == [])
            #expect(try await claim(second, two) == ["5/1"])
            #expect(try await claim(first, one) == ["4/1"])
            #expect(try await claim(first, two) == [])
            try await TestDatabase.current.execute("update tenancy.jobs set due_at = now() where status = 'scheduled'")
            #expect(try await host("select moved from tenancy.promote_jobs(10)")[0].int64(0) == 1)
            #expect(try await claim(first, two) == ["6/1"])
        }

        @Test("tenants have their turn in a circle, whoever has most; suspended ones wait") func circle() async throws {
            var tenants: [TenantID] = []
            for number in 1...5 { tenants.append(try await TestDatabase.current.tenant(number)) }
            for (place, tenant) in tenants.enumerated() { for job in 0..<(place == 0 ? 20 : 1) { _ = try await enqueue(tenant, place * 100 + job) } }
            func turn(_ after: UUID, _ most: Int) async throws -> [Int] {
                try await host("select tenant_id from tenancy.waiting_tenants('{probe}', '{\(after)}', \(most))").map { row in
                    try tenants.firstIndex(of: TenantID(row.uuid(0))).map { $0 + 1 } ?? 0
                }
            }
            #expect(try await turn(.zero, 3) == [1, 2, 3])
            #expect(try await turn(tenants[2].uuid, 3) == [4, 5, 1])
            #expect(try await turn(tenants[3].uuid, 9) == [5, 1, 2, 3, 4])
            try await TestDatabase.current.execute("update tenancy.tenants set status = 'suspended' where id = '\(tenants[1])'")
            #expect(try await turn(.zero, 9) == [1, 3, 4, 5])
            #expect(try await turn(tenants[4].uuid, 1) == [1])
            // Each handler's circle is its own.
            _ = try await enqueue(tenants[3], 900, name: "uploads")
            let lanes = try await host(
                "select handler, tenant_id from tenancy.waiting_tenants('{uploads,probe,sources}', '{\(UUID.zero),\(UUID.zero),\(UUID.zero)}', 2)")
            #expect(
                try lanes.map { "\(try $0.text(0)) \((tenants.firstIndex(of: TenantID(try $0.uuid(1))) ?? -1) + 1)" }
                    == ["uploads 4", "probe 1", "probe 3"])
        }

        @Test("pitfall 39: whoever lost a job can neither commit, renew nor end it; the fence knows tenant, job, attempt and handler") func fence()
            async throws
        {
            let (one, two) = (try await TestDatabase.current.tenant(1), try await TestDatabase.current.tenant(2))
            _ = try await enqueue(one, 1)
            func fence(_ tenant: TenantID, _ attempt: Int, name: String = "probe", _ what: String = "fence") async throws -> String? {
                switch try await handler(tenant, "select jobs.\(what)()", name: name, job: 1, attempt: attempt) {
                case .success: nil
                case .failure(let error): error.sqlState
                }
            }
            #expect(try await fence(one, 0) == "TJ001", "nobody has begun it")
            #expect(try await claim(first, one) == ["1/1"])
            #expect(try await fence(one, 1) == nil)
            #expect(try await fence(two, 1) == "TJ001")
            #expect(try await fence(one, 2) == "TJ001")
            #expect(try await lapse(1) == 1)
            #expect(try await fence(one, 1) == "TJ001", "it waits anew")
            #expect(try await claim(second, one) == ["1/2"])
            #expect(try await fence(one, 1) == "TJ001")
            #expect(try await fence(one, 1, "complete") == "TJ001")
            #expect(try await renew(first, one, 1, 1) == 0)
            #expect(try await renew(first, one, 1, 2) == 0)
            #expect(try await fail(first, one, 1, 1, "0") == nil)
            #expect(try await fail(first, one, 1, 2, "0") == nil)
            #expect(try await renew(second, one, 1, 2) == 1)
            #expect(try await fence(one, 2, "complete") == nil)
            #expect(try await fence(one, 2, "complete") == "TJ001", "once")
            #expect(try await state(1) == "completed/2/1")
        }

        @Test("pitfall 39: who commits at the very moment keeps its job: its lease is not taken while the fence holds it") func commits() async throws
        {
            let tenant = try await TestDatabase.current.tenant(1)
            _ = try await enqueue(tenant, 1)
            #expect(try await claim(first, tenant) == ["1/1"])
            let database = try TestDatabase.current
            let context = try database.context(tenant: tenant, handler: "probe", attempt: 1, invocation: UUID(high: 3, low: 1))
            try await TestDatabase.current.execute("update tenancy.jobs set claimed_until = '-infinity'")
            let (held, hold) = AsyncStream<Void>.makeStream()
            let (released, release) = AsyncStream<Void>.makeStream()
            async let committed: Void = database.client(role: "probe").withConnection(deadline: Self.limit) { connection in
                try await connection.transaction {
                    _ = try await connection.query("select tenancy.use($1)", [.text(context)])
                    _ = try await connection.query("select jobs.fence()")
                    hold.finish()
                    for await _ in released {}
                    _ = try await connection.query("select jobs.complete()")
                }
            }
            for await _ in held {}
            #expect(try await host("select tenancy.take_lapsed_jobs(10)")[0].int64(0) == 0)
            release.finish()
            try await committed
            #expect(try await host("select tenancy.take_lapsed_jobs(10)")[0].int64(0) == 0)
            #expect(try await state(1) == "completed/1/0")
        }

        @Test("attempts end at the last; what is not the job's fault does not count; what is cancelled stops") func attempts() async throws {
            let tenant = try await TestDatabase.current.tenant(1)
            _ = try await enqueue(tenant, 1, most: 2)
            #expect(try await claim(first, tenant) == ["1/1"])
            #expect(try await fail(first, tenant, 1, 1, "0", blameless: true) == "waiting")
            #expect(try await claim(first, tenant) == ["1/2"])
            #expect(try await fail(first, tenant, 1, 2, "0") == "waiting")
            #expect(try await claim(first, tenant) == ["1/3"])
            #expect(try await lapse(1) == 1)
            #expect(try await state(1) == "dead/3/3")
            #expect(try await claim(first, tenant) == [])
            _ = try await enqueue(tenant, 2)
            #expect(try await claim(first, tenant) == ["2/1"])
            try await TestDatabase.current.execute("update tenancy.jobs set cancel_requested = true where status = 'running'")
            #expect(try await fail(first, tenant, 2, 1, "0") == "cancelled")
            _ = try await enqueue(tenant, 3)
            #expect(try await claim(first, tenant) == ["3/1"])
            #expect(try await fail(first, tenant, 3, 1, "null") == "dead")
        }

        @Test("pitfall 39: a host ends in one go what it runs yet, and nothing that another attempt or another host has") func ends() async throws {
            let (one, two) = (try await TestDatabase.current.tenant(1), try await TestDatabase.current.tenant(2))
            for number in 1...3 { _ = try await enqueue(one, number) }
            _ = try await enqueue(two, 4)
            #expect(try await claim(first, one) == ["1/1", "2/1", "3/1"])
            #expect(try await claim(first, two) == ["4/1"])
            func end(_ claimer: UUID, _ jobs: [(TenantID, Int, Int)]) async throws -> Int64 {
                func list(_ values: [String]) -> String { "'{\(values.joined(separator: ","))}'" }
                let ids = list(jobs.map { "\(UUID(high: 3, low: UInt64($0.1)))" })
                return try await host(
                    "select tenancy.complete_jobs('\(claimer)', \(list(jobs.map { "\($0.0)" })), \(ids), \(list(jobs.map { "\($0.2)" })))"
                )[0].int64(0)
            }
            #expect(try await end(second, [(one, 1, 1)]) == 0, "another host's")
            #expect(try await end(first, [(two, 1, 1), (one, 2, 2)]) == 0, "another tenant's, another attempt's")
            #expect(try await lapse(3) == 1)
            #expect(try await end(first, [(one, 1, 1), (one, 2, 1), (one, 3, 1), (two, 4, 1)]) == 3, "one was lost")
            #expect(try await end(first, [(one, 1, 1)]) == 0, "once")
            #expect(try await state(1) == "completed/1/0")
            #expect(try await state(3) == "waiting/1/1")
        }

        @Test("a plan's limit of jobs refuses more, in the transaction that makes them, until some have ended; one whose key is there is none more")
        func limit() async throws {
            let (one, two) = (try await TestDatabase.current.tenant(1), try await TestDatabase.current.tenant(2))
            try await TestDatabase.current.execute(
                """
                insert into tenancy.plans (name, title, queued_jobs) values ('few', 'Few', 3);
                update tenancy.tenants set plan = 'few' where id = '\(one)'
                """)
            func count() async throws -> Int64 { try await host("select tenancy.count_jobs()")[0].int64(0) }
            for number in 1...3 { _ = try await enqueue(one, number, key: "'\(number)'") }
            _ = try await enqueue(two, 4)
            #expect(try await count() == 2)
            #expect(try await count() == 0)
            guard case .failure(let refused) = try await handler(one, "select from jobs.enqueue('\(UUID.zero)', 'k', null, 0, 5, 5, null)") else {
                throw AppError(.internalError, "not refused")
            }
            #expect(refused.appError.code == .quotaExceeded)
            #expect(refused.appError.facts == ["limit": "queued_jobs", "allowed": 3, "used": 3, "plan": "few", "resets_at": .null])
            #expect(try await enqueue(one, 5, key: "'2'") == "2 false")
            #expect(try await enqueue(two, 6) == "6 true")
            let seen = try await TestDatabase.current.query(
                "select used from tenancy.quotas($1) where metric = 'queued_jobs' and allowed = 3", [.id(one)])
            #expect(try seen[0].int64(0) == 3)
            #expect(try await claim(first, one, most: 1) == ["1/1"])
            _ = try await handler(one, "select jobs.complete()", job: 1, attempt: 1).get()
            _ = try await count()
            #expect(try await enqueue(one, 7) == "7 true")
        }

        @Test("a host hears that the jobs of a tenant that is not active are to stop") func suspended() async throws {
            let tenant = try await TestDatabase.current.tenant(1)
            _ = try await enqueue(tenant, 1)
            #expect(try await claim(first, tenant) == ["1/1"])
            func stops() async throws -> Bool {
                try await host(
                    "select cancel_requested from tenancy.renew_jobs('\(first)', '{\(tenant)}', '{\(UUID(high: 3, low: 1))}', '{1}', 60)")[0].bool(0)
            }
            #expect(try await !stops())
            try await TestDatabase.current.execute("update tenancy.tenants set status = 'suspended'")
            #expect(try await stops())
        }

        @Test("a key is the tenant's, the handler's and the kind's, and free again behind the end") func keys() async throws {
            let (one, two) = (try await TestDatabase.current.tenant(1), try await TestDatabase.current.tenant(2))
            #expect(try await enqueue(one, 1, key: "'a'") == "1 true")
            #expect(try await enqueue(one, 2, key: "'a'") == "1 false")
            #expect(try await enqueue(one, 3, name: "uploads", key: "'a'") == "3 true")
            #expect(try await enqueue(two, 4, key: "'a'") == "4 true")
            #expect(try await claim(first, one, handlers: ["probe"]) == ["1/1"])
            #expect(try await enqueue(one, 5, key: "'a'") == "1 false")
            _ = try await handler(one, "select jobs.complete()", job: 1, attempt: 1).get()
            #expect(try await enqueue(one, 6, key: "'a'") == "6 true")
        }

        @Test("what a job is told is seen by its tenant and handler alone, and goes with it") func data() async throws {
            let (one, two) = (try await TestDatabase.current.tenant(1), try await TestDatabase.current.tenant(2))
            _ = try await enqueue(one, 1, arguments: "'{\"a\": 1}'")
            func seen(_ tenant: TenantID, _ name: String) async throws -> Int {
                try await handler(tenant, "select arguments from jobs.data()", name: name, job: 1, attempt: 1).get().count
            }
            #expect(try await seen(one, "probe") == 1)
            #expect(try await seen(one, "uploads") == 0)
            #expect(try await seen(two, "probe") == 0)
            #expect(try await claim(first, one) == ["1/1"])
            let advance = "select jobs.advance(0.5, '{\"at\": 3}')"
            guard case .failure(let refused) = try await handler(one, advance, job: 1, attempt: 2) else {
                throw AppError(.internalError, "not refused")
            }
            #expect(refused.sqlState == "TJ001")
            _ = try await handler(one, advance, job: 1, attempt: 1).get()
            #expect(try await handler(one, "select checkpoint ->> 'at' from jobs.data()", job: 1, attempt: 1).get()[0].text(0) == "3")
            try await TestDatabase.current.execute("delete from tenancy.tenants where id = '\(one)'")
            #expect(try await TestDatabase.current.query("select from tenancy.job_data").isEmpty)
        }
    }
}
