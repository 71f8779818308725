import Jobs
import Kernel
import Logging
import Manifest
import ServiceLifecycle

/// Turns the times of timers into jobs. All gateways do; the database lets each time count once.
struct TimerService: Service {
    /// How often tenants that came since get their timers, and zones that changed count.
    static let syncEvery: Duration = .seconds(60)
    /// The longest that it sleeps.
    static let longestSleep: Duration = .seconds(1)
    private static let batch = 500
    /// How many timers are seen to in one transaction.
    private static let together = 50

    let gateway: Gateway
    let database: TimerDatabase
    let desk: JobDesk
    let logger: Logger
    private let zones = ZoneFiles()

    init(gateway: Gateway, database: TimerDatabase, desk: JobDesk, logger: Logger) {
        self.gateway = gateway
        self.database = database
        self.desk = desk
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var synced: (serving: Serving, at: ContinuousClock.Instant)?
            var sleep = Duration.zero
            repeat {
                do throws(AppError) {
                    let serving = gateway.fleet.serving
                    let isNew = synced?.serving !== serving
                    if isNew || synced.map({ $0.at.duration(to: .now) >= Self.syncEvery }) == true {
                        try await sync(serving, all: isNew)
                        synced = (serving, .now)
                    }
                    try await fire(serving)
                    let next = try await database.next()
                    sleep = min(Self.longestSleep, .milliseconds(Int64(max(0.005, min(next ?? 1, 1)) * 1000) + 1))
                } catch {
                    if !Task.isCancelled {
                        logger.warning("timers could not be looked at; it is tried again", metadata: .keys([.error: "\(String(reflecting: error))"]))
                    }
                    sleep = Self.longestSleep
                }
            } while await pause(for: sleep)
        }
    }

    private func sync(_ serving: Serving, all: Bool) async throws(AppError) {
        for handler in serving.handlers {
            let timers = handler.pool.manifest.timers
            if all || !timers.isEmpty { _ = try await database.sync(handler.name, timers) }
        }
    }

    private func fire(_ serving: Serving) async throws(AppError) {
        let handlers = serving.handlers.filter { !$0.pool.manifest.timers.isEmpty }.map(\.name)
        guard !handlers.isEmpty else { return }
        var count = Self.batch
        while count == Self.batch, !Task.isCancelled {
            let due = try await database.due(of: handlers, most: Self.batch)
            for start in stride(from: 0, to: due.count, by: Self.together) {
                try await fire(due[start..<min(start + Self.together, due.count)])
            }
            count = due.count
        }
    }

    private func fire(_ due: ArraySlice<TimerDatabase.Due>) async throws(AppError) {
        var turns: [TimerDatabase.Turn] = []
        for timer in due { turns.append(try await turn(of: timer)) }
        if try await database.fire(turns) > 0, turns.contains(where: { !$0.firings.isEmpty }) { desk.enqueued() }
    }

    private func turn(of due: TimerDatabase.Due) async throws(AppError) -> TimerDatabase.Turn {
        let (zone, name) = await zone(of: due)
        let turn = TimerTurn(
            due: due.dueAt, now: due.now, schedule: try Schedule(due.definition.schedule), zone: zone, catchUp: try due.definition.catchUpRule)
        let spread = TimerTurn.spread(due.tenant, timer: due.name, over: due.definition.spreadSeconds)
        let firings = turn.occurrences.map { occurrence in
            let late = due.now - occurrence.fireAt
            var random = SystemRandomNumberGenerator()
            return TimerDatabase.Firing(
                occurrence: occurrence, job: UUID.v7(at: due.now, using: &random),
                delay: occurrence.outcome == .fired ? max(.zero, spread - late) : spread)
        }
        return TimerDatabase.Turn(due: due, firings: firings, next: turn.next, zone: name)
    }

    /// A zone that this machine does not know counts as UTC, rather than that nothing is done.
    private func zone(of due: TimerDatabase.Due) async -> (TimeZone, String) {
        let name = due.tenant == .zero && due.definition.timeZone == TimerDefinition.tenantZone ? "UTC" : due.definition.zoneName(of: due.tenantZone)
        do throws(AppError) {
            return (try await zones.zone(name), name)
        } catch {
            logger.warning(
                "a timer's zone is not known; its times are told in UTC",
                metadata: .keys([.handler: "\(due.handler)", .tenantID: "\(due.tenant)", .error: "\(String(reflecting: error))"]))
            return (.utc, name)
        }
    }
}
