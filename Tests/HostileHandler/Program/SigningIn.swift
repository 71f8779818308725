import HandlerKit
import Postgres
import Reactor

/// Signs in to the database past HandlerKit, as any role, and asks with any context.
enum SigningIn {
    struct Input: Decodable, Sendable {
        var host: String
        var port: Int
        var database: String
        var role: String
        var password: String?
        /// Set before the question.
        var context: String?
        /// The table whose rows are counted.
        var table: String
    }

    @RoutesBuilder static var routes: [Route] {
        Route.get("/hostile/sign-in", access: .attack, summary: "Signs in as a role and counts a table's rows") { (input: Input, invocation) in
            var configuration = PostgresClient.Configuration(
                host: input.host, port: input.port, user: input.role, password: input.password, database: input.database)
            configuration.connectTimeout = .seconds(2)
            let reactor = Reactor(name: "hostile")
            reactor.start()
            let client = PostgresClient(configuration, reactor: reactor, logger: Logger(label: "hostile") { _ in SwiftLogNoOpLogHandler() })
            let outcome = await count(client, input)
            await client.shutdown()
            reactor.stop()
            return Outcome(outcome: outcome)
        }
    }

    private static func count(_ client: PostgresClient, _ input: Input) async -> String {
        do {
            return try await client.withConnection(deadline: .after(.seconds(5))) { connection in
                if let context = input.context {
                    _ = try await connection.query("select pg_catalog.set_config('tenancy.context', $1, false)", [.text(context)])
                }
                let rows = try await connection.query("select count(*) from \(input.table)")
                return "rows \(try rows[0].int64(0))"
            }
        } catch {
            return "refused: \(error)"
        }
    }
}
