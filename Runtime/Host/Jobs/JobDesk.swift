import Jobs
import Kernel
import NIOCore
import Synchronization

/// What a gateway knows of the jobs that it runs, for all who take part: the wires that hear of new ones, the task that claims, those that run.
final class JobDesk: Sendable {
    private struct State {
        var turns: ClaimTurns
        var held = HeldLeases()
        var stops: [HeldLeases.Lease: Stops] = [:]
        var gate = WakeGate()
        /// Whose code has run: they are to be ended, and hold their leases until they are.
        var ended: [HeldLeases.Lease] = []
        var isStopping = false
        /// How many jobs each handler runs at once.
        var limits: [String: Int] = [:]
        /// Whether a look is due because a lane has room again.
        var isGathering = false
    }

    private let state: Mutex<State>
    private let time: TimeSource
    private let loop: any EventLoop
    /// Raised when there may be something to claim.
    let signal = JobSignal()
    /// Raised when leases are to be looked at sooner than they must be renewed.
    let review = JobSignal()
    /// Each element is an announcement that is due.
    let announcements: AsyncStream<Void>
    private let announcement: AsyncStream<Void>.Continuation
    /// How many run at once.
    let capacity: Int

    init(capacity: Int, loop: any EventLoop, time: TimeSource) {
        self.capacity = capacity
        self.loop = loop
        self.time = time
        state = Mutex(State(turns: ClaimTurns(capacity: capacity)))
        (announcements, announcement) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: For wires and listeners

    /// An invocation here has made jobs: they are looked for now, and other hosts hear of them soon.
    func enqueued() {
        signal.raise()
        guard let wait = state.withLock({ $0.gate.enqueued(at: time.instant()) }) else { return }
        loop.scheduleTask(in: .nanoseconds(wait.microseconds * 1000)) { [announcement] in announcement.yield() }
    }

    func announced() { state.withLock { $0.gate.announced(at: time.instant()) } }

    // MARK: For the task that claims

    var isStopping: Bool { state.withLock { $0.isStopping } }
    var free: Int { state.withLock { $0.turns.free } }
    /// Jobs that run.
    var count: Int { state.withLock { $0.turns.count } }

    /// How many jobs of whom to claim, and which handlers have room. `limits`: how many jobs each handler that is served runs at once.
    func shares(_ waiting: [ClaimTurns.Party], _ limits: [String: Int]) -> ([ClaimTurns.Share], [ClaimTurns.Opening]) {
        state.withLock { state in
            state.limits = limits
            let shares = state.turns.shares(waiting, limits)
            return (shares, state.turns.openings(limits))
        }
    }

    /// Nothing new is claimed from now on.
    func stop() {
        state.withLock { $0.isStopping = true }
        signal.raise()
    }

    // MARK: For those that run

    /// A job begins; the result stops it.
    func begin(_ job: JobDatabase.Job) -> Stops {
        let stops = Stops()
        state.withLock { state in
            state.turns.began(job.party)
            state.held.add(job.lease)
            state.stops[job.lease] = stops
        }
        return stops
    }

    /// A job has run. `isOpen`: it is not ended yet.
    func end(_ job: JobDatabase.Job, isOpen: Bool) {
        let (free, gathers) = state.withLock { state in
            let wasFull = state.turns.count(of: job.handler) >= state.limits[job.handler, default: .max]
            state.turns.ended(job.party)
            state.stops[job.lease] = nil
            if isOpen { state.ended.append(job.lease) } else { state.held.remove(job.lease) }
            defer { state.isGathering = state.isGathering || wasFull }
            return (state.turns.free, wasFull && !state.isGathering)
        }
        // A turn costs a round trip: half of all at once, or what ends within a moment in a lane that was full.
        if isOpen || free * 2 == capacity || free * 2 == capacity + 1 || free == capacity { signal.raise() }
        if gathers {
            loop.scheduleTask(in: .nanoseconds(JobService.gather.microseconds * 1000)) { [self] in
                state.withLock { $0.isGathering = false }
                signal.raise()
            }
        }
    }

    /// Those that are to be ended; whoever takes them says what became of that.
    func takeEnded() -> [HeldLeases.Lease] {
        state.withLock { state in
            defer { state.ended = [] }
            return state.ended
        }
    }

    var hasEnded: Bool { state.withLock { !$0.ended.isEmpty } }

    /// They have ended, or are not this gateway's any more.
    func settled(_ leases: [HeldLeases.Lease]) { state.withLock { state in for lease in leases { state.held.remove(lease) } } }

    /// That could not be said to the database; it is tried again.
    func unsettled(_ leases: [HeldLeases.Lease]) { state.withLock { $0.ended += leases } }

    /// What is to be renewed.
    var leases: [HeldLeases.Lease] { state.withLock { $0.held.all } }

    /// Stops the jobs that are not this gateway's any more, or that somebody wants to stop.
    func renewed(_ asked: [HeldLeases.Lease], kept: [HeldLeases.Lease: Bool]) {
        let stops = state.withLock { state in state.held.renewed(asked, kept: kept).compactMap { state.stops[$0.lease] } }
        for stop in stops { stop.all() }
    }

    /// Stops all that run.
    func stopAll() {
        for stop in state.withLock({ Array($0.stops.values) }) { stop.all() }
    }
}
