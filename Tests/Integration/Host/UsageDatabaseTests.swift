import Kernel
import Postgres
import Tenants
import TestSupport
import Testing
import Wire

@testable import Host

extension Integration {
    /// What the host writes of its tenants' use.
    @Suite(.testDatabase) struct UsageDatabaseTests {
        private static var limit: Deadline { .after(.seconds(240)) }
        private let hour = Timestamp(seconds: 1_800_000_000)

        private func usage(_ factor: Int64) -> Usage {
            var usage = Usage(
                Receipt(handlerMicroseconds: 9, databaseMicroseconds: 7, cpuMicroseconds: 3, rows: 4, databaseBytes: 500))
            usage += Usage(requestBytes: 10, answerBytes: 20, failed: false, isJob: true)
            var sum = Usage()
            for _ in 0..<factor { sum += usage }
            return sum
        }

        @Test("a batch counts once however often it is written, also by two at a time; batches of other gateways are added")
        func once() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            let client = try database.client(role: "host")
            let writer = UsageDatabase(client: client, writer: UUID(high: 1, low: 1))
            let other = UsageDatabase(client: client, writer: UUID(high: 1, low: 2))
            let key = UsageSums.Key(tenant: tenant, handler: "h", hour: hour)
            let first = UsageSums.Batch(number: 1, sums: [key: usage(2)])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await writer.write(first, deadline: Self.limit) } }
                try await group.waitForAll()
            }
            try await writer.write(first, deadline: Self.limit)
            try await writer.write(UsageSums.Batch(number: 2, sums: [key: usage(3)]), deadline: Self.limit)
            try await writer.write(first, deadline: Self.limit)
            try await other.write(UsageSums.Batch(number: 1, sums: [key: usage(5)]), deadline: Self.limit)
            let sums = try await Provisioning(client: database.superuserClient()).usage(of: tenant, deadline: Self.limit)
            #expect(sums.count == 1)
            let sum = try #require(sums.first)
            #expect(
                sum.handler == "h" && sum.invocations == 10 && sum.jobs == 10 && sum.errors == 0 && sum.cpuMicroseconds == 30
                    && sum.databaseMicroseconds == 70)
            #expect(sum.rows == 40 && sum.databaseBytes == 5000 && sum.requestBytes == 100 && sum.answerBytes == 200)
        }

        @Test("the host adds to sums and reads them; it changes no key of them and removes none")
        func rights() async throws {
            let database = try TestDatabase.current
            try await database.client(role: "host").withConnection(deadline: Self.limit) { connection in
                for statement in [
                    "delete from tenancy.usage", "update tenancy.usage set tenant_id = tenant_id", "update tenancy.usage set hour = now()",
                    "delete from tenancy.usage_writers", "truncate tenancy.usage",
                ] {
                    #expect(await Outcome.of(statement, on: connection) == .refused("42501"), "\(statement)")
                }
            }
        }
    }
}
