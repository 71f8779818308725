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

        @Test("privacy-04: each day what a plan keeps no longer goes, of its tenants alone, and not of one on hold") func retains() async throws {
            let database = try TestDatabase.current
            let members = [try await Member.make(1), try await Member.make(2), try await Member.make(3)]
            try await database.execute(
                """
                update tenancy.plans set retention_days = 30 where name = 'pro';
                update tenancy.plans set retention_days = null where name = 'enterprise';
                update tenancy.tenants set plan = 'pro' where slug in ('tenant-1', 'tenant-3');
                update tenancy.tenants set plan = 'enterprise' where slug = 'tenant-2';
                update tenancy.tenants set legal_hold = true where slug = 'tenant-3';
                """)
            for member in members { try await fill(member, [1, 29, 31, 400]) }
            try await RunningHost.run { host in
                try await host.eventually("what is too old is gone") { try await kept(members[0]) == [1, 29] }
                #expect(try await kept(members[1]) == [1, 29, 31, 400])
                #expect(try await kept(members[2]) == [1, 29, 31, 400])
                try await host.eventually("it is due again in a day, for values and for files") {
                    try await database.query("select 1 from tenancy.retentions where due_at > now() + interval '23 hours'").count == 2
                }
            }
            // Not twice a day; after a day again, and once the hold is lifted.
            try await database.execute(
                """
                insert into app.kpi_data (tenant_id, source_id, "timestamp", value)
                    select tenant_id, id, now() - interval '50 days', 50 from app.kpi_sources where tenant_id = '\(members[0].tenant)';
                update tenancy.tenants set legal_hold = false;
                """)
            try await RunningHost.run { host in
                try await host.eventually("the hold is lifted") { try await kept(members[2]) == [1, 29] }
                #expect(try await kept(members[0]) == [1, 29, 50])
            }
            try await database.execute("update tenancy.retentions set due_at = now() - interval '1 second'")
            try await RunningHost.run { host in
                try await host.eventually("a day later") { try await kept(members[0]) == [1, 29] }
                #expect(try await kept(members[1]) == [1, 29, 31, 400])
            }
        }
    }
}
