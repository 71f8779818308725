import Jobs
import Kernel
import Logging
import NIOCore
import ServiceLifecycle
import Wire

/// Claims jobs and has handlers run them.
///
/// A lease is renewed while its job runs. Where the handler dies the job is tried again; where this gateway dies or stands still whoever finds the lease
/// over takes the job, and what its old attempt still does is refused at its commit.
struct JobService: Service {
    /// How often it looks while nothing tells of jobs.
    static let interval: Duration = .milliseconds(500)
    /// How long what is free waits for more to become free.
    static let gather: Duration = .milliseconds(10)
    /// How many tenants have their turn in one look.
    static let tenants = 32
    static let batch = 1000
    /// How often jobs are counted for plans' limits, unless counting takes more than a hundredth of that.
    static let countEvery: Duration = .seconds(5)

    let gateway: Gateway
    let loops: Loops
    let desk: JobDesk
    let database: JobDatabase
    let logger: Logger

    func run() async throws {
        await withGracefulShutdownHandler {
            await serve()
        } onGracefulShutdown: {
            desk.stop()
        }
    }

    private func serve() async {
        let executor = loops.home
        await withDiscardingTaskGroup { group in
            group.addTask { await renew() }
            group.addTask { await announce() }
            group.addTask { await tidy() }
            var isTroubled = false
            var look = Look()
            while !desk.isStopping, !Task.isCancelled {
                do throws(AppError) {
                    let jobs = try await turn(&look)
                    isTroubled = false
                    for job in jobs {
                        let stops = desk.begin(job)
                        group.addTask(executorPreference: executor) { await perform(job, stops, on: executor) }
                    }
                    if let rest = look.rest(free: desk.free, of: desk.capacity, at: .now) { await desk.signal.wait(atMost: rest, on: executor.loop) }
                } catch {
                    if !isTroubled { warn("jobs could not be claimed; it is tried again", error) }
                    isTroubled = true
                    guard await pause(for: Self.interval) else { break }
                }
            }
            // What runs may end; what does not is stopped, and given back.
            let limit = Deadline.after(gateway.settings.shutdownTime, from: gateway.time.instant())
            while desk.count > 0, !limit.hasPassed(at: gateway.time.instant()), await pause(for: .milliseconds(50)) { await settle() }
            desk.stopAll()
            while desk.count > 0, await pause(for: .milliseconds(20)) { await settle() }
            await settle()
            group.cancelAll()
        }
    }

    /// One look at the queue: ends what has run, claims for those who were seen waiting, sees who waits behind them.
    private func turn(_ look: inout Look) async throws(AppError) -> [JobDatabase.Job] {
        var wish = JobDatabase.Wish()
        let served = gateway.handlers.filter { $0.description.jobs?.isEmpty == false }
        let limits = Dictionary(served.map { ($0.name, $0.pool.manifest.jobsAtOnce) }) { first, _ in first }
        wish.ended = desk.takeEnded()
        let free = desk.free
        if !limits.isEmpty, free > 0 {
            wish.promotes = look.nextDue <= .now
            (wish.shares, wish.openings) = desk.shares(look.waiting, limits)
            wish.most = min(free, Self.tenants)
        }
        let turn: JobDatabase.Turn
        do throws(AppError) {
            turn = try await database.turn(wish)
        } catch {
            desk.unsettled(wish.ended)
            throw error
        }
        desk.settled(wish.ended)
        look.saw(turn, wish, at: .now)
        return turn.jobs
    }

    /// Ends what has run while nothing new is claimed.
    private func settle() async {
        let ended = desk.takeEnded()
        guard !ended.isEmpty else { return }
        do throws(AppError) {
            _ = try await database.turn(JobDatabase.Wish(ended: ended))
            desk.settled(ended)
        } catch {
            desk.unsettled(ended)
            warn("jobs that have run could not be ended; others begin them anew", error)
        }
    }

    private func perform(_ job: JobDatabase.Job, _ stops: Stops, on executor: LoopExecutor) async {
        await executor.arrive()
        var isOpen = false
        do throws(Gateway.JobFailure) {
            isOpen = try await gateway.run(job, stops: stops, on: executor)
        } catch {
            await fail(job, error)
        }
        desk.end(job, isOpen: isOpen)
    }

    private func fail(_ job: JobDatabase.Job, _ failure: Gateway.JobFailure) async {
        let error = failure.error
        let wasStopped = error.code == .cancelled
        let policy = gateway.handlers.first { $0.name == job.handler }?.retry(of: job.kind) ?? .standard
        let asked = error.retryAfter.map { Double($0.milliseconds) / 1000 }
        let wait = policy.wait(behind: job.lease.attempt, chance: .random(in: 0...1), asked: asked)
        let isFinal = !failure.isBeforehand && !wasStopped && error.code.isFinal || failure.isBeforehand && error.code == .notFound
        if !wasStopped {
            logger.warning(
                "a job failed",
                metadata: .keys([
                    .requestID: "\(job.lease.job)", .handler: "\(job.handler)", .route: "\(job.kind)", .error: "\(String(reflecting: error))",
                ]))
        }
        do throws(AppError) {
            try await database.fail(
                job.lease, error, delay: isFinal ? nil : wasStopped ? 0 : wait, isBlameless: wasStopped || failure.isBeforehand && !isFinal)
        } catch { warn("a job's failure could not be written down; its lease will end", error) }
    }

    private func renew() async {
        while !Task.isCancelled {
            await desk.review.wait(atMost: .seconds(JobDatabase.lease / 4), on: loops.home.loop)
            let leases = desk.leases
            guard !leases.isEmpty else { continue }
            do throws(AppError) {
                desk.renewed(leases, kept: try await database.renew(leases))
            } catch { warn("leases of jobs could not be renewed; it is tried again", error) }
        }
    }

    private func announce() async {
        for await _ in desk.announcements {
            desk.announced()
            do throws(AppError) { try await database.announce() } catch {
                warn("other gateways could not be told of jobs; they look by themselves", error)
            }
        }
    }

    /// Takes over what nobody renews any more, and forgets what is old.
    private func tidy() async {
        var round = 0
        var nextCount = ContinuousClock.now
        repeat {
            do throws(AppError) {
                if try await database.takeLapsed(most: Self.batch) > 0 { desk.signal.raise() }
                if nextCount <= .now {
                    let began = ContinuousClock.now
                    try await database.countForPlans()
                    nextCount = .now.advanced(by: max(Self.countEvery, began.duration(to: .now) * 100))
                }
                if round % 60 == 0 { while try await database.sweep(most: Self.batch) == Int64(Self.batch), !Task.isCancelled {} }
            } catch { warn("jobs could not be tidied up; it is tried again", error) }
            round += 1
        } while await pause(for: .seconds(1))
    }

    private func warn(_ message: Logger.Message, _ error: AppError) {
        if !Task.isCancelled { logger.warning(message, metadata: .keys([.error: "\(String(reflecting: error))"])) }
    }
}
