import Kernel
import Logging
import NIOCore
import NIOPosix
import Postgres
import Reactor
import ServiceLifecycle

/// The database client of the host: the first to stand, the last to go.
struct DatabaseService: Service {
    let client: PostgresClient
    let reactor: Reactor
    let loops: Loops

    func run() async throws {
        try? await gracefulShutdown()
        await client.shutdown()
        reactor.stop()
        try await loops.group.shutdownGracefully()
    }
}

/// The processes of all handlers.
struct PoolService: Service {
    let fleet: Fleet

    func run() async throws {
        await withGracefulShutdownHandler {
            await fleet.run()
        } onGracefulShutdown: {
            fleet.stop()
        }
    }
}

/// The launchers that wait for a program's next start. Stops behind the processes.
struct LaunchService: Service {
    let launch: HandlerLaunch

    func run() async throws {
        try? await gracefulShutdown()
        await launch.stop()
    }
}

/// Stops first: says in `/health/ready` that it is over, and ends listeners, who would otherwise hold their connections open.
struct DoorService: Service {
    let gateway: Gateway

    func run() async throws {
        try? await gracefulShutdown()
        gateway.status.stop()
        gateway.feeds.stop()
    }
}
