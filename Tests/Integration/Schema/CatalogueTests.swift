import Kernel
import Manifest
import Postgres
import TestSupport
import Testing

@testable import Tenants

extension Integration {
    /// What the handlers' statements, and the server below them, never do.
    @Suite(.testDatabase) struct CatalogueTests {
        private static var limit: Deadline { .after(.seconds(60)) }

        @Test("pitfall 14: no statement of any handler shows a plan, which would count other tenants' rows")
        func noPlans() async throws {
            let statements = try CatalogueStatement.all(TestDatabase.current.manifests.map { ($0.name, $0.program) })
            #expect(statements.count > 10)
            for statement in statements { #expect(!statement.text.lowercased().contains("explain"), "\(statement.handler): \(statement.name)") }
        }

        @Test("pitfall 52: no statement of any handler notifies")
        func noNotifications() async throws {
            for statement in try CatalogueStatement.all(TestDatabase.current.manifests.map { ($0.name, $0.program) }) {
                #expect(!statement.text.lowercased().contains("notify"), "\(statement.handler): \(statement.name)")
            }
        }

        @Test("pitfall 17: COPY into a table with policies is refused to a handler that may insert, and the upload's own statement stores")
        func copy() async throws {
            let database = try TestDatabase.current
            let tenant = try await database.tenant(1)
            let id = UUID(high: 0x0190_0000_0000_7002, low: 0x8000_0000_0000_0001)
            try await database.execute(
                """
                insert into app.businesses (tenant_id, id, name) values ('\(tenant)', '\(id)', 'One');
                insert into app.kpi_sources (tenant_id, id, business_id, name, type) values ('\(tenant)', '\(id)', '\(id)', 'sales', 'upload');
                """)
            let store = try #require(
                try CatalogueStatement.all(database.manifests.map { ($0.name, $0.program) }).first { $0.name == "uploads.store" }?.text)
            let client = try database.client(role: "uploads")
            try await client.withConnection(deadline: Self.limit) { connection in
                let use = "select tenancy.use('\(try database.context(tenant: tenant, handler: "uploads"))')"
                try await connection.begin()
                try await connection.execute(use)
                let refused = await Outcome.of("copy app.kpi_data (tenant_id, source_id, \"timestamp\", value) from stdin", on: connection)
                #expect("\(refused)" == "refused 0A000")
                try await connection.rollback()
                try await connection.begin()
                try await connection.execute(use)
                var places = BinaryArray(of: .int32, capacity: 1)
                places.append(Int32(1))
                let rows = try await connection.query(
                    store, [.id(tenant), .uuid(id), .texts(["sales"]), .array(places), .timestamps([Timestamp(seconds: 0)]), .float8s([5])])
                #expect(try rows[0].int64(0) == 1)
                try await connection.commit()
            }
        }

        @Test(
            "pitfall 30: a release in which policies can be forgotten is refused",
            arguments: [
                (150013, true), (150014, false), (160009, true), (160010, false), (170005, true), (170006, false), (180000, false), (140030, true),
            ])
        func version(number: Int, isRefused: Bool) async throws {
            let rule = ServerRules.version
            #expect(rule.level == .must)
            let query = rule.query.text.replacing("current_setting('server_version_num')", with: "'\(number)'")
            #expect(query != rule.query.text)
            #expect(try await TestDatabase.current.query(query).isEmpty != isRefused)
        }
    }
}
