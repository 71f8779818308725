import Kernel
import Postgres

/// What earlier runs left on the server because they were killed. Dropped at the start, since the end may never come.
enum Leftovers {
    /// A name that tells which process made it: `t<process>x<6 random digits>`.
    static func name() -> String {
        let digits = Array("0123456789abcdef")
        return "t\(Environment.processID)x" + String((0..<6).map { _ in digits[Int.random(in: 0..<16)] })
    }

    static func drop(_ client: PostgresClient) async throws {
        try await client.withConnection(deadline: .after(.seconds(120))) { connection in
            for row in try await connection.query("select datname::text from pg_database where datname ~ '^tenantry_test_t[0-9]+x'") {
                let name = try row.text(0)
                if isAbandoned(name.dropFirst("tenantry_test_".utf8.count)) {
                    try await connection.execute("drop database if exists \(name) with (force)")
                }
            }
            for row in try await connection.query("select rolname::text from pg_roles where rolname ~ '^t[0-9]+x[0-9a-f]{6}(_|$)'") {
                let name = try row.text(0)
                if isAbandoned(Substring(name)) { try? await connection.execute("drop role if exists \(name)") }
            }
        }
    }

    private static func isAbandoned(_ name: Substring) -> Bool {
        guard let process = Int(name.dropFirst().prefix { $0.isNumber }) else { return false }
        return process != Environment.processID && !Environment.isRunning(processID: process)
    }
}
