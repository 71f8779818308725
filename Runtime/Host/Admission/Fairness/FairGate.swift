import Kernel
import Logging
import Synchronization
import Wire

/// Where calls wait for their turn at one handler: performs what its ``FairQueue`` decides. Used from all loops.
final class FairGate: Sendable {
    private typealias Outcome = Result<FairQueue.Permit, AppError>

    private enum Waiter {
        case waiting(UnsafeContinuation<Outcome, Never>)
        /// The outcome came before the caller had settled down to wait.
        case resolved(Outcome)
    }

    private struct State {
        var queue: FairQueue
        var waiters: [FairQueue.Ticket: Waiter] = [:]
    }

    /// How long a call waits at most.
    let longestWait: Duration
    private let connectionsEach: Int
    private let time: TimeSource
    private let state: Mutex<State>

    init(_ limits: FairQueue.Limits, connectionsEach: Int, longestWait: Duration, time: TimeSource) {
        self.connectionsEach = connectionsEach
        self.longestWait = longestWait
        self.time = time
        state = Mutex(State(queue: FairQueue(limits)))
    }

    /// Calls that run and wait.
    var figures: (running: Int, heavy: Int, waiting: Int) {
        state.withLock { ($0.queue.running, $0.queue.runningHeavy, $0.queue.waiting) }
    }

    /// A permit for one call, which gives it back. `waiting` is handed a way to stop the wait.
    ///
    /// Throws `TOO_MANY_REQUESTS` where the flow has too many waiting or waited too long, `UNAVAILABLE` where all together have, `CANCELLED` where
    /// the wait was stopped, `DEADLINE_EXCEEDED`.
    func enter(
        _ flow: FlowKey, weight: Int, route: Int, deadline: Deadline, waiting: (@escaping () -> Void) -> Void
    ) async throws(AppError) -> FairPermit {
        let now = time.instant()
        let until = min(deadline.instant, now.advanced(by: longestWait))
        switch state.withLock({ $0.queue.enter(flow, weight: weight, route: route, at: now, until: until) }) {
        case .run(let permit): return FairPermit(permit, self)
        case .refuse(.flowFull): throw AppError(.tooManyRequests, "Too many of your calls wait already", retryAfter: .seconds(1))
        case .refuse(.full): throw AppError(.unavailable, "Too many calls wait already; try again soon", retryAfter: .seconds(1))
        case .wait(let ticket):
            waiting { [self] in
                guard state.withLock({ $0.queue.abandon(ticket) }) else { return }
                resolve(ticket, .failure(AppError(.cancelled)))
            }
            let outcome = await withUnsafeContinuation { (continuation: UnsafeContinuation<Outcome, Never>) in
                let early: Outcome? = state.withLock { state in
                    if case .resolved(let outcome) = state.waiters.removeValue(forKey: ticket) { return outcome }
                    state.waiters[ticket] = .waiting(continuation)
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
            do throws(AppError) {
                return FairPermit(try outcome.get(), self)
            } catch {
                throw error.code == .tooManyRequests && deadline.hasPassed(at: time.instant()) ? AppError(.deadlineExceeded) : error
            }
        }
    }

    /// Time passes. `processes` are those that run now.
    func tick(processes: Int) {
        let now = time.instant()
        perform(
            state.withLock { state in
                state.queue.set(connections: max(1, processes) * connectionsEach)
                return state.queue.tick(now)
            })
    }

    fileprivate func leave(_ permit: FairQueue.Permit, _ cost: CallCost?) {
        let now = time.instant()
        perform(state.withLock { $0.queue.leave(permit, cost, at: now) })
    }

    fileprivate func lighten(_ permit: FairQueue.Permit) {
        let now = time.instant()
        perform(state.withLock { $0.queue.lighten(permit, at: now) })
    }

    private func perform(_ outcomes: [FairQueue.Outcome]) {
        for outcome in outcomes {
            switch outcome {
            case .run(let ticket, let permit): resolve(ticket, .success(permit))
            case .expired(let ticket):
                resolve(ticket, .failure(AppError(.tooManyRequests, "Your calls had to wait for too long", retryAfter: .seconds(1))))
            }
        }
    }

    private func resolve(_ ticket: FairQueue.Ticket, _ outcome: Outcome) {
        let continuation: UnsafeContinuation<Outcome, Never>? = state.withLock { state in
            if case .waiting(let continuation) = state.waiters.removeValue(forKey: ticket) { return continuation }
            state.waiters[ticket] = .resolved(outcome)
            return nil
        }
        continuation?.resume(returning: outcome)
    }
}

/// The right to run one call at a handler. Giving it back a second time changes nothing.
struct FairPermit: Sendable {
    private let permit: FairQueue.Permit
    private let gate: FairGate

    fileprivate init(_ permit: FairQueue.Permit, _ gate: FairGate) {
        self.permit = permit
        self.gate = gate
    }

    /// The call is over; nil: nothing was measured.
    func leave(_ cost: CallCost? = nil) { gate.leave(permit, cost) }

    /// The call's answer has begun.
    func lighten() { gate.lighten(permit) }
}

extension CallCost {
    /// What a process measured; nil where it measured nothing. `bytes` went in and out besides.
    init?(_ receipt: Receipt, bytes: Int) {
        guard receipt != .none else { return nil }
        self.init(
            cpu: receipt.cpuMicroseconds, database: receipt.databaseMicroseconds, bytes: bytes + Int(clamping: receipt.databaseBytes))
    }
}
