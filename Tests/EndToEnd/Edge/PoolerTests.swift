import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// A pooler that lends one connection of the server to many clients, such as Debian 12's PgBouncer 1.18.
    @Suite("Behind a pooler", .testDatabase, .enabled(if: Pooler.program != nil, "pgbouncer is not installed")) struct BehindPooler {
        @Test(
            "pitfalls 29 and 54: a pooler that does not keep sessions apart refuses the start, and the message says what it does",
            arguments: [
                ("", "drops the settings of a session"),
                // The settings are there, and names of prepared statements still meet.
                (
                    "set search_path = pg_catalog,pg_temp; set row_security = on; set timezone = 'UTC'; set datestyle = 'ISO'",
                    "mixes the prepared statements"
                ),
            ])
        func refused(settings: String, message: String) async throws {
            let database = try TestDatabase.current
            let (status, printed) = try await Blocking.run {
                let pooler = try Pooler(database, sessionSettings: settings.replacing("'", with: "''"))
                var options = RunningHost.Options()
                options.environment["TENANTRY_DATABASE_URL"] = pooler.url(user: database.superuser.user)
                let result = try ChildProgram("tenantry", ["run"], environment: try RunningHost.environment(database, options)).finish()
                return withExtendedLifetime(pooler) { result }
            }
            #expect(status != 0)
            #expect(printed.contains("a pooler between the gateway and Postgres"), "\(printed)")
            #expect(printed.contains(message), "\(printed)")
        }
    }
}
