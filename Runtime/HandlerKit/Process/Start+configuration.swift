import Postgres
import Wire

extension PostgresClient.Configuration {
    /// The database as the gateway names it. Throws ``AppError`` for a URL that cannot be read.
    init(_ start: Start) throws(AppError) {
        do throws(PostgresError) {
            try self.init(url: start.databaseURL)
        } catch {
            throw error.appError
        }
        maxConnections = max(1, Int(start.connections))
        applicationName = "tenantry \(start.handler)"
    }
}

extension HandlerEnvironment {
    init(_ start: Start, logger: Logger, time: TimeSource) {
        let secrets = Dictionary(start.secrets.map { ($0.name, $0.value) }) { first, _ in first }
        self.init(name: start.handler, secrets: secrets, logger: logger, time: time)
    }
}
