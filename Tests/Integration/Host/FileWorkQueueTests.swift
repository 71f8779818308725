import Kernel
import Postgres
import TestSupport
import Testing

extension Integration {
    /// The queue of what is to be done with files: who may go on, and who waits.
    @Suite("work on files in the database", .testDatabase) struct FileWorkQueue {
        private static var limit: Deadline { .after(.seconds(60)) }
        private let first = UUID(high: 1, low: 1)
        private let second = UUID(high: 1, low: 2)

        private func host(_ sql: String) async throws -> Rows {
            try await TestDatabase.current.client(role: "host").withConnection(deadline: Self.limit) { try await $0.query(sql) }
        }

        private func add(_ tenant: TenantID, _ number: Int, due: String = "now()") async throws {
            try await TestDatabase.current.execute(
                "insert into tenancy.file_work (tenant_id, kind, id, due_at) values ('\(tenant)', 'read', '\(UUID(high: 2, low: UInt64(number)))', \(due))"
            )
        }

        /// The numbers of what was claimed, with how often it was begun.
        private func claim(_ claimer: UUID, most: Int = 10) async throws -> [String] {
            try await host("select id, attempt from tenancy.claim_file_work('\(claimer)', '1 minute', \(most)) order by id").map {
                "\(try $0.uuid(0).low)/\(try $0.int32(1))"
            }
        }

        private func end(_ tenant: TenantID, _ number: Int, _ claimer: UUID, again: String = "null") async throws -> Bool {
            try await host(
                "select tenancy.end_file_work('\(tenant)', 'read', '\(UUID(high: 2, low: UInt64(number)))', '\(claimer)', \(again)::float8)")[0].bool(
                    0)
        }

        @Test("one piece of work for a tenant at a time, the longest due first; what is not due, and tenants that are suspended, wait") func order()
            async throws
        {
            let (one, two) = (try await TestDatabase.current.tenant(1), try await TestDatabase.current.tenant(2))
            let three = try await TestDatabase.current.tenant(3)
            try await add(one, 1, due: "now() - interval '1 minute'")
            try await add(one, 2, due: "now() - interval '2 minutes'")
            try await add(two, 3)
            try await add(two, 4, due: "now() + interval '1 hour'")
            try await add(three, 5)
            try await TestDatabase.current.execute("update tenancy.tenants set status = 'suspended' where id = '\(three)'")
            #expect(try await claim(first) == ["2/1", "3/1"])
            #expect(try await claim(second) == [])
            #expect(try await end(one, 2, first))
            #expect(try await claim(second) == ["1/1"])
        }

        @Test("who has lost a claim can neither end nor renew it; who tries again counts on") func claims() async throws {
            let tenant = try await TestDatabase.current.tenant(1)
            try await add(tenant, 1)
            #expect(try await claim(first) == ["1/1"])
            try await TestDatabase.current.execute("update tenancy.file_work set claimed_until = now() - interval '1 second'")
            #expect(try await claim(second) == ["1/2"])
            #expect(try await end(tenant, 1, first) == false)
            let renewed = try await host("select tenancy.renew_file_work('\(tenant)', 'read', '\(UUID(high: 2, low: 1))', '\(first)', '1 minute')")
            #expect(try renewed[0].bool(0) == false)
            #expect(try await end(tenant, 1, second, again: "0"))
            #expect(try await claim(first) == ["1/3"])
            #expect(try await end(tenant, 1, first))
            #expect(try await claim(first) == [])
        }
    }
}
