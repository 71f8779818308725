import Postgres
import Reactor

/// What all invocations of a process share.
final class Services: Sendable {
    let reactor: Reactor
    let client: PostgresClient
    let pool: BlockingPool
    /// Orders writes with one `Idempotency-Key`.
    let keys: KeyGate
    let time: TimeSource
    let logger: Logger

    init(reactor: Reactor, client: PostgresClient, time: TimeSource, logger: Logger) {
        self.reactor = reactor
        self.client = client
        keys = KeyGate(reactor: reactor)
        self.time = time
        self.logger = logger
        pool = BlockingPool(threads: 2, name: "offload")
    }
}
