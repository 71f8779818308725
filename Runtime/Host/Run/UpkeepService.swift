import Kernel
import Logging
import NIOCore
import Reactor
import ServiceLifecycle
import Wire

/// What happens by itself: deadlines, renewals, the directory's changes, keys, feeds.
struct UpkeepService: Service {
    let gateway: Gateway
    let loops: Loops
    let jobs: JobDesk
    private let looking = BlockingPool(threads: 1, name: "limits")

    init(gateway: Gateway, loops: Loops, jobs: JobDesk) {
        self.gateway = gateway
        self.loops = loops
        self.jobs = jobs
    }

    /// How often the memory and processor time of processes with work are read.
    static let look: Duration = .milliseconds(100)
    /// How precisely deadlines are kept.
    static let tick: Duration = .milliseconds(25)
    /// How long after a change calls that run already may go on unasked; new ones are asked at once.
    static let reviewDelay: Duration = .milliseconds(250)
    /// How long a process may hold on to cancelled work before it is replaced.
    static let cancelGrace: Duration = .seconds(5)

    func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await listen() }
            group.addTask { await refresh() }
            group.addTask { await renew() }
            group.addTask { await watch() }
            group.addTask { await gateway.feeds.run(page) }
            let beats = loops.executors.map { beat(on: $0) }
            try? await gracefulShutdown()
            for beat in beats { beat.cancel() }
            group.cancelAll()
        }
    }

    private func page(_ channel: Feeds.Channel, _ principal: Principal, _ cursor: String?) async throws(AppError) -> FeedPage {
        let home = loops.home
        return try await home.run { () async throws(AppError) in
            try await gateway.readPage(channel, principal, behind: cursor, on: home)
        }
    }

    /// Hears what changes in the directory, and ends what is not allowed any more.
    private func listen() async {
        await withDiscardingTaskGroup { group in
            await gateway.directory.run { tenant in
                gateway.dataKeys.changed(tenant)
                group.addTask {
                    // Who gave up a right of their own is answered before the call that did it ends for the lack of it.
                    guard await pause(for: Self.reviewDelay) else { return }
                    await review(tenant)
                    // Jobs of a tenant that is not active any more stop.
                    jobs.review.raise()
                    await gateway.feeds.review(tenant, gateway.directory)
                }
            } lost: {
                gateway.dataKeys.lost()
            } waiting: {
                jobs.signal.raise()
            }
        }
    }

    /// Checks the running invocations of a tenant at once, as every renewal does.
    private func review(_ tenant: TenantID?) async {
        let now = gateway.time.instant()
        for process in gateway.fleet.pools.flatMap(\.processes) {
            await process.executor.run {
                for exchange in process.wire.exchanges(where: { tenant == nil || $0.grant?.principal?.party == tenant }) { exchange.renewAt = now }
                await gateway.renew(process.wire)
            }
        }
    }

    /// Renews contexts at half their life, and cancels what lost its right. Ends what a stop has waited for long enough.
    private func renew() async {
        while await pause(for: .seconds(1)) {
            if let since = gateway.status.stoppingSince, since.advanced(by: gateway.settings.shutdownTime) <= gateway.time.instant() {
                gateway.endConnections()
            }
            for process in gateway.fleet.pools.flatMap(\.processes) {
                await process.executor.run { await gateway.renew(process.wire) }
            }
        }
    }

    /// Looks at what processes use: those with work every ``look``, all of them now and then.
    private func watch() async {
        var round = 0
        while await pause(for: Self.look) {
            round += 1
            for pool in gateway.fleet.pools {
                let processes = pool.processes(working: round % 20 != 0)
                if processes.isEmpty { continue }
                let samples = try? await looking.run { processes.map { ProcessSample.read($0.program) } }
                for (process, sample) in zip(processes, samples ?? []) { if let sample { pool.observe(process, sample) } }
            }
        }
    }

    /// Reads the newest key and the database's clock.
    private func refresh() async {
        while await pause(for: ContextMinter.refreshEvery) {
            do throws(AppError) {
                try await gateway.contexts.refresh()
            } catch {
                gateway.logger.error("the signing key could not be read again", metadata: .keys([.error: "\(String(reflecting: error))"]))
            }
        }
    }

    /// Lets time pass for the machines: those of one loop on that loop, what there is once on the first.
    private func beat(on executor: LoopExecutor) -> RepeatedTask {
        executor.loop.scheduleRepeatedTask(initialDelay: .zero, delay: .microseconds(Self.tick.microseconds)) { [gateway, loops] _ in
            let now = gateway.time.instant()
            for pool in gateway.fleet.pools {
                if executor === loops.home { pool.tick() }
                for process in pool.processes where process.executor === executor {
                    if let ailment = process.wire.tick(now, cancelGrace: Self.cancelGrace) { pool.retire(process, ailment) }
                    pool.heard(process, process.wire.listen(now))
                }
            }
            if executor === loops.home {
                gateway.gates.tick(gateway.fleet.pools)
                gateway.feeds.tick()
            }
        }
    }
}

extension Gateway {
    /// Renews or cancels what is due on one wire. Runs on the wire's loop.
    func renew(_ wire: WireConnection) async {
        let now = time.instant()
        for exchange in wire.exchanges(where: { $0.isOpen && $0.cancelledAt == nil && $0.renewAt <= now && !$0.deadline.hasPassed(at: now) }) {
            guard let grant = exchange.grant else { continue }
            let remaining = exchange.deadline.remaining(at: now)
            exchange.renewAt = remaining > ContextMinter.longestLife ? now.advanced(by: ContextMinter.longestLife / 2) : exchange.deadline.instant
            do throws(AppError) {
                if let principal = grant.principal { try await directory.confirm(principal, at: time.now()) }
                wire.send(.context(exchange.stream, try contexts.renew(grant, remaining: remaining)))
            } catch {
                if error.code == .unavailable {
                    exchange.renewAt = now.advanced(by: .seconds(1))
                } else {
                    exchange.cancel(.revoked, error, at: now)
                }
            }
        }
    }
}
