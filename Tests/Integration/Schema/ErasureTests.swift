import Kernel
import Postgres
import TestSupport
import Testing

extension Integration {
    /// The functions behind an erasure: who may go on, and what goes.
    @Suite("erasure in the database", .testDatabase) struct ErasureTests {
        private static var limit: Deadline { .after(.seconds(60)) }
        private let first = UUID(high: 1, low: 1)
        private let second = UUID(high: 1, low: 2)

        private func deleting(_ number: Int) async throws -> TenantID {
            let tenant = try await TestDatabase.current.tenant(number)
            try await TestDatabase.current.execute(
                "update tenancy.tenants set status = 'deleting', status_before = 'active', delete_at = now() - interval '1 second' where id = '\(tenant)'"
            )
            return tenant
        }

        private func host(_ sql: String) async throws -> Rows {
            try await TestDatabase.current.client(role: "host").withConnection(deadline: Self.limit) { try await $0.query(sql) }
        }

        private func claim(_ claimer: UUID, lease: String = "1 minute") async throws -> UUID? {
            try await host("select tenant_id from tenancy.claim_erasure('\(claimer)', '\(lease)')").first?.uuid(0)
        }

        private func flag(_ sql: String) async throws -> Bool { try await host("select \(sql)")[0].bool(0) }

        @Test("privacy-03: one gateway at a time; who has lost its claim can do nothing more, and what is done is done once") func claims()
            async throws
        {
            let tenant = try await deleting(1)
            #expect(try await claim(first) == tenant.uuid)
            #expect(try await claim(second) == nil)
            for call in [
                "erase_tenant('\(tenant)', '\(second)')", "finish_erasure('\(tenant)', '\(first)')", "finish_erasure('\(tenant)', '\(second)')",
            ] {
                #expect(try await flag("tenancy.\(call)") == false, "\(call)")
            }
            try await TestDatabase.current.execute("update tenancy.erasures set claimed_until = now() - interval '1 second'")
            #expect(try await flag("tenancy.erase_tenant('\(tenant)', '\(first)')") == false)
            #expect(try await claim(second) == tenant.uuid)
            #expect(try await flag("tenancy.renew_erasure('\(tenant)', '\(first)', '1 minute')") == false)
            #expect(try await flag("tenancy.erasure_hook_answered('\(tenant)', '\(second)', '1 minute', 'uploads')"))
            #expect(try await flag("tenancy.erase_tenant('\(tenant)', '\(second)')"))
            #expect(try await flag("tenancy.erase_tenant('\(tenant)', '\(second)')"))
            #expect(try await TestDatabase.current.query("select 1 from tenancy.tenants").isEmpty)
            #expect(try await flag("tenancy.finish_erasure('\(tenant)', '\(second)')"))
            #expect(try await claim(first) == nil)
            #expect(try await claim(second) == nil)
            #expect(try await host("select tenant_id from tenancy.recent_erasures()").count == 1)
        }

        @Test("of many gateways at once each tenant is claimed by one") func manyClaims() async throws {
            var tenants: Set<UUID> = []
            for number in 1...6 { tenants.insert(try await deleting(number).uuid) }
            let claimed = try await withThrowingTaskGroup(of: [UUID].self) { group in
                for number in 0..<8 {
                    group.addTask {
                        var found: [UUID] = []
                        for _ in 0..<6 { if let one = try await claim(UUID(high: 2, low: UInt64(number))) { found.append(one) } }
                        return found
                    }
                }
                return try await group.reduce(into: [UUID]()) { $0 += $1 }
            }
            #expect(claimed.count == 6 && Set(claimed) == tenants)
        }

        @Test("every table that names a tenant, and does not hang on it, is emptied of it") func strayTables() async throws {
            let database = try TestDatabase.current
            let tenant = try await deleting(1)
            try await database.execute(
                """
                create table tenancy.stray (tenant_id uuid not null, n int);
                alter table tenancy.stray owner to \(database.prefix)_owner;
                insert into tenancy.stray values ('\(tenant)', 1), ('\(tenant)', 2), ('\(UUID(high: 9, low: 9))', 3);
                insert into tenancy.usage (tenant_id, handler, hour, invocations, errors, cpu_us, database_us, rows, database_bytes, request_bytes, answer_bytes)
                    values ('\(tenant)', 'probe', now(), 1, 0, 0, 0, 0, 0, 0, 0);
                """)
            #expect(try await claim(first) == tenant.uuid)
            #expect(try await flag("tenancy.erase_tenant('\(tenant)', '\(first)')"))
            #expect(try await database.query("select n from tenancy.stray").count == 1)
            #expect(try await database.query("select 1 from tenancy.usage").isEmpty)
        }

        @Test("no handler may call any of it, and no handler sees the keys") func refused() async throws {
            let database = try TestDatabase.current
            let tenant = try await deleting(1)
            for handler in ["probe", "auth", "users", "uploads"] {
                try await database.client(role: handler).withConnection(deadline: Self.limit) { connection in
                    for sql in [
                        "select tenancy.claim_erasure('\(first)', '1 minute')", "select tenancy.erase_tenant('\(tenant)', '\(first)')",
                        "select wrapped from tenancy.data_keys", "select * from tenancy.erasures", "select tenancy.claim_retentions('{a}', 1)",
                    ] {
                        let outcome = await Outcome.of(sql, on: connection)
                        #expect(outcome == .refused("42501"), "\(handler): \(sql)")
                    }
                }
            }
        }
    }
}
