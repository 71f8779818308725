import Kernel
import Postgres

/// Finds out at the start whether a pooler stands between the gateway and Postgres that does not keep sessions apart.
///
/// Such a one (PgBouncer in transaction mode) drops the settings that each session begins with, search path and row security among them, and below
/// version 1.21 runs the statement that another client has prepared under the same name. Neither shows in any answer until it is too late.
enum PoolerProbe {
    private static let session = Statement("host.session", "select current_setting('search_path')", cost: .short)

    /// Throws `VALIDATION_ERROR` where sessions are not the client's own, `UNAVAILABLE` where the database does not answer.
    static func check(_ client: PostgresClient) async throws(AppError) {
        do {
            try await client.withConnection(deadline: .after(.seconds(10))) { first in
                try await ask(first)
                // While the first is open and idle, a pooler lends its connection to the second, where the statement is prepared already.
                for _ in 0..<2 { try await client.withConnection(deadline: first.deadline) { try await ask($0) } }
                try await ask(first)
            }
        } catch let error as PostgresError where ["42P05", "26000"].contains(error.sqlState) {
            throw refusal("mixes the prepared statements of its clients")
        } catch let error as AppError {
            throw error
        } catch {
            throw AppError(.unavailable, "the database did not answer: \(error)", detail: String(reflecting: error))
        }
    }

    private static func ask(_ connection: OwnConnection) async throws {
        let path = try await connection.run(Segment([Postgres.Call(session)]))[0][0].text(0)
        guard path.filter({ $0 != " " }) == "pg_catalog,pg_temp" else { throw refusal("drops the settings of a session") }
    }

    private static func refusal(_ fault: String) -> AppError {
        AppError(
            .validation,
            "a pooler between the gateway and Postgres \(fault); let TENANTRY_DATABASE_URL name the server itself, or a pooler that keeps sessions apart"
        )
    }
}
