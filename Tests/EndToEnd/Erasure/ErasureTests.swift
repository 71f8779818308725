import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// The end of a tenant, from its status to the last file.
    @Suite("erasure", .testDatabase) struct ErasureTests {
        /// Where the marker must stand before: else its absence afterwards says nothing.
        private static let expected: Set<String> = [
            "tenancy.tenants", "identity.users", "app.businesses", "app.kpi_sources", "tenancy.roles", "tenancy.api_keys", "tenancy.invitations",
            "identity.providers", "identity.preferences", "probe.entries", "tenancy.recordings", "identity.security_events", "tenancy.answers",
            "identity.mail_outbox", "mail/", "convictions.jsonl",
        ]

        /// Where the id of an erased tenant still stands.
        private static let allowed: Set<String> = ["tenancy.erasures"]

        private func isLeft(_ table: String, _ tenant: TenantID) async throws -> Bool {
            try await !TestDatabase.current.query("select 1 from \(table) where tenant_id = $1 limit 1", [.id(tenant)]).isEmpty
        }

        @Test("privacy-02, privacy-05: nothing of an erased tenant is left in the database or on disk, and its neighbour keeps all") func everything()
            async throws
        {
            let world = try await ErasureWorld.make()
            try await RunningHost.run(world.options) { host in
                try await world.fill(host, world.owner, ErasureWorld.marker)
                try await world.fill(host, world.neighbour, ErasureWorld.other)
                let before = try await world.places(of: ErasureWorld.marker)
                #expect(Self.expected.subtracting(before).isEmpty, "the marker does not stand in \(Self.expected.subtracting(before))")
                let ids = try await world.places(of: world.tenant.description)
                #expect(ids.contains("tenancy.data_keys") && ids.contains("app.kpi_data") && ids.contains("scratch/"), "\(ids)")
                let others = try await world.places(of: ErasureWorld.other)
                let token = try host.token(world.owner.member)

                let objects = "\(world.home)/objects/tenants"
                #expect(try File.names(in: objects).count == 2)
                try await world.delete()
                try await world.waitUntilFinished()
                #expect(try File.names(in: objects) == ["\(world.neighbour.member.tenant)"])
                #expect(try await host.get("/probe/objects?name=kept", token: try host.token(world.neighbour.member)).text == ErasureWorld.other)
                #expect(try await world.places(of: ErasureWorld.marker) == [])
                #expect(try await world.places(of: "left of") == ["scratch/\(world.neighbour.member.tenant)/"])
                try await host.eventually("its sums are gone too") {
                    try await world.places(of: world.tenant.description).subtracting(Self.allowed).isEmpty
                }
                let record = try #require(try await world.record())
                #expect(record.hooks.split(separator: " ").sorted() == ["probe", "retention", "subscriptions"])
                #expect(record.counts["app.businesses"] == 1)
                #expect(record.counts["probe.entries"] == 2)
                #expect(record.counts["tenancy.memberships"] == 2)
                #expect(record.counts["identity.users"] == 1)
                #expect(record.counts["app.kpi_data"] == nil)

                // Nobody gets in any more; who was a member of another tenant, too, still is.
                #expect(try await [401, 403].contains(host.get("/auth/me", token: token).status))
                #expect(
                    try await host.post("/auth/login", json: ["email": .string(world.owner.email), "password": .string(world.owner.password)]).status
                        == 401)
                let left = try await TestDatabase.current.query(
                    "select m.tenant_id from tenancy.memberships m where m.user_id = $1", [.id(world.shared)])
                #expect(left.count == 1)
                #expect(try left[0].uuid(0) == world.neighbour.member.tenant.uuid)
                #expect(try await world.places(of: ErasureWorld.other) == others)
                let theirs = try host.token(world.neighbour.member)
                #expect(try await host.get("/businesses", token: theirs).text.contains(ErasureWorld.other))
            }
        }

        @Test("privacy-03: killed while a hook runs, nothing is gone; the next gateway goes on, and asks each hook that has not answered")
        func inHook()
            async throws
        {
            let world = try await ErasureWorld.make()
            try await RunningHost.run(world.options) { host in
                try await world.fill(host, world.owner, ErasureWorld.marker)
                try await TestDatabase.current.execute(
                    "insert into probe.entries (tenant_id, number, text) values ('\(world.tenant)', 9001, 'refuse')")
                try await world.delete()
                try await host.eventually("the hook has refused") { try await world.record()?.reason.contains("UNAVAILABLE") == true }
                #expect(try await world.record()?.rowsGone == false)
                try await TestDatabase.current.execute(
                    "update probe.entries set number = 9002 where number = 9001; update tenancy.erasures set claimed_until = '-infinity'")
                try await host.eventually("the hook runs") {
                    try await !TestDatabase.current.query("select 1 from tenancy.erasures where claimed_until > now() and attempts > 1").isEmpty
                }
                host.program.signal(SIGKILL)
            }
            // All of it, or nothing.
            #expect(try await isLeft("app.businesses", world.tenant))
            #expect(try await isLeft("probe.entries", world.tenant))
            #expect(try await isLeft("tenancy.memberships", world.tenant))
            try await TestDatabase.current.execute("delete from probe.entries where number = 9002")
            try await world.releaseClaim()
            try await RunningHost.run(world.options) { _ in
                try await world.waitUntilFinished()
                #expect(try await world.places(of: ErasureWorld.marker) == [])
            }
        }

        @Test("privacy-03: killed while the rows go, all are there or none", arguments: [true, false]) func inRows(endsBackend: Bool) async throws {
            let world = try await ErasureWorld.make()
            let database = try TestDatabase.current
            let keeper = database.superuserClient()
            try await keeper.withConnection(deadline: .after(.seconds(120))) { connection in
                try await RunningHost.run(world.options) { host in
                    try await world.fill(host, world.owner, ErasureWorld.marker)
                    // Whoever erases the tenant waits for the account of its owner.
                    try await connection.execute("begin")
                    _ = try await connection.query("select 1 from identity.users where id = $1 for update", [.id(world.owner.user)])
                    try await world.delete()
                    try await host.eventually("the rows are about to go") {
                        try await !database.query(
                            "select 1 from pg_stat_activity where datname = current_database() and query like '%erase_tenant%' and wait_event_type = 'Lock'"
                        ).isEmpty
                    }
                    host.program.signal(SIGKILL)
                }
                #expect(try await isLeft("app.businesses", world.tenant))
                if endsBackend {
                    _ = try await database.query(
                        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%erase_tenant%' and wait_event_type = 'Lock'"
                    )
                }
                try await connection.rollback()
            }
            try await RunningHost.eventually("nobody is at it") {
                try await database.query(
                    "select 1 from pg_stat_activity where datname = current_database() and query like '%erase_tenant%' and state = 'active' and pid <> pg_backend_pid()"
                ).isEmpty
            }
            let tables = ["app.businesses", "probe.entries", "tenancy.memberships", "tenancy.data_keys", "identity.providers", "tenancy.recordings"]
            var left: Set<Bool> = []
            for table in tables { left.insert(try await isLeft(table, world.tenant)) }
            #expect(left.count == 1)
            if endsBackend { #expect(left == [true]) }
            try await world.releaseClaim()
            try await RunningHost.run(world.options) { _ in
                try await world.waitUntilFinished()
                #expect(try await world.places(of: ErasureWorld.marker) == [])
            }
        }

        @Test("privacy-03: killed while files go, and where one cannot be removed, the erasure stays open until they are gone") func inFiles()
            async throws
        {
            let world = try await ErasureWorld.make()
            var place = ""
            try await RunningHost.run(world.options) { host in
                try await world.fill(host, world.owner, ErasureWorld.marker)
                place = "\(world.home)/mail/\(try #require(try world.mails(ErasureWorld.marker).first))"
                // A folder cannot be removed as a file is.
                try File.makeFolder("\(world.home)/aside")
                #expect(rename(place, "\(world.home)/aside/mail") == 0)
                try File.makeFolder(place)
                try await world.delete()
                try await host.eventually("the rows are gone, the files are not") {
                    guard let record = try await world.record() else { return false }
                    return record.rowsGone && record.reason.contains("INTERNAL_ERROR") && !record.finished
                }
                host.program.signal(SIGKILL)
            }
            #expect(rmdir(place) == 0 && rename("\(world.home)/aside/mail", place) == 0)
            // What comes behind the mail is there too; of rows nothing is.
            let left = try await world.places(of: ErasureWorld.marker)
            #expect(left == ["mail/", "scratch/\(world.tenant)/", "convictions.jsonl"], "\(left)")
            try await world.releaseClaim()
            try await RunningHost.run(world.options) { host in
                try await world.waitUntilFinished()
                #expect(try await world.places(of: ErasureWorld.marker) == [])
                // Done is done: nothing begins anew.
                let attempts = try await TestDatabase.current.query("select attempts from tenancy.erasures")[0].int32(0)
                try await host.eventually("gateways have looked again") {
                    try await !TestDatabase.current.query(
                        "select 1 from tenancy.erasures where finished_at < clock_timestamp() - interval '2 seconds'"
                    ).isEmpty
                }
                #expect(try await TestDatabase.current.query("select attempts from tenancy.erasures")[0].int32(0) == attempts)
            }
        }

        @Test("before its time, on hold, or once begun: a tenant is not erased, is not erased, and does not come back") func limits() async throws {
            let world = try await ErasureWorld.make()
            let database = try TestDatabase.current
            try await RunningHost.run(world.options) { host in
                let refused = { try await !database.query("select 1 from tenancy.erasures").isEmpty }
                try await database.execute(
                    """
                    update tenancy.tenants set status = 'deleting', status_before = 'active', delete_at = now() + interval '1 hour' where id = '\(world.tenant)';
                    update tenancy.tenants set status = 'deleting', status_before = 'active', delete_at = now() - interval '1 hour', legal_hold = true
                        where id = '\(world.neighbour.member.tenant)';
                    """)
                #expect(try await database.query("select tenant_id from tenancy.claim_erasure($1, '1 second')", [.uuid(.zero)]).isEmpty)
                #expect(try await !refused())
                try await database.execute("update tenancy.tenants set status = 'active', status_before = null, delete_at = null, legal_hold = false")
                try await database.execute("insert into probe.entries (tenant_id, number, text) values ('\(world.tenant)', 9001, 'refuse')")
                try await world.delete()
                try await host.eventually("it has begun") { try await refused() }
                let error = await #expect(throws: PostgresError.self) {
                    try await database.execute(
                        "update tenancy.tenants set status = 'active', status_before = null, delete_at = null where id = '\(world.tenant)'")
                }
                #expect(error?.sqlState == "23505")
            }
        }
    }
}
