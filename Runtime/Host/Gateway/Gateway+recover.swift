import Kernel
import Logging
import Synchronization
import Tokens
import Wire

extension Gateway {
    /// What is known of a call beside its invocation.
    struct CallFacts: Sendable {
        let requestID: String
        /// Where it is waited for.
        let executor: LoopExecutor
    }

    /// A call in one process.
    struct Run: Sendable {
        let process: HandlerProcess
        let link: ExchangeLink
        /// Its fingerprint, where it runs alone.
        var suspect: Fingerprint?
    }

    /// What becomes of a call whose process is gone or does not answer: the run that answers it, and its first word.
    ///
    /// The call is a suspect from now on. One that may run again does so alone in another process, and its client hears nothing of that; the others wait
    /// for their process until it answers or is killed. Throws `HANDLER_FAILED` that says whether the call may safely be sent again.
    func recover(
        _ event: Exchange.Event, _ invocation: Invocation, _ run: Run, _ handler: ServedHandler, _ call: Call
    ) async throws(AppError) -> (Run, Exchange.Event) {
        if let suspect = run.suspect { return (run, try await follow(run, event, suspect, handler, call.facts)) }
        guard case .route(let place) = invocation.head.target else { throw AppError(.handlerFailed) }
        // Computed only now: calls that never fail never pay for it.
        let suspect = try await fingerprint(
            handler, Int(place), invocation.grant.context.tenant, invocation.head.parameters, invocation.head.query, invocation.body)
        handler.docket.suspect(suspect)
        var event = event
        if case .silent = event {
            if invocation.mayMove { return try await race(run, invocation, suspect, handler, call) }
            event = await run.link.nextWord()
            guard case .lost = event else {
                handler.docket.clear(suspect)
                return (run, event)
            }
        }
        return try await moveOn(from: run, invocation, suspect, handler, call)
    }

    /// The process is gone: what may run again does.
    private func moveOn(
        from run: Run, _ invocation: Invocation, _ suspect: Fingerprint, _ handler: ServedHandler, _ call: Call
    ) async throws(AppError) -> (Run, Exchange.Event) {
        let death = await death(of: run.process, on: call.connection.executor)
        if !death.blamesCalls { handler.docket.clear(suspect) }
        guard invocation.mayMove, !call.connection.isGone else {
            throw AppError(.handlerFailed, retryable: invocation.mayMove, detail: "its process is gone: \(death.how)")
        }
        let stops = Stops()
        call.connection.onGone = { stops.all() }
        return try await again(invocation, suspect, handler, call.facts, stops).get()
    }

    /// The process does not answer: the call runs alone in another one as well, and the first answer wins.
    private func race(
        _ run: Run, _ invocation: Invocation, _ suspect: Fingerprint, _ handler: ServedHandler, _ call: Call
    ) async throws(AppError) -> (Run, Exchange.Event) {
        enum Side: Sendable {
            case first(Exchange.Event)
            case second(Result<(Run, Exchange.Event), AppError>)
        }
        let (first, second) = (Stops(), Stops())
        first.add { run.link.cancel(.clientGone) }
        call.connection.onGone = {
            first.all()
            second.all()
        }
        let facts = call.facts
        return try await withTaskGroup(of: Side.self) { group in
            group.addTask(executorPreference: facts.executor) { .first(await run.link.nextWord()) }
            group.addTask(executorPreference: facts.executor) { .second(await self.again(invocation, suspect, handler, facts, second)) }
            var winner: (Run, Exchange.Event)?
            var failure = AppError(.handlerFailed, retryable: true)
            for await side in group where winner == nil {
                switch side {
                case .first(.lost): break
                case .first(let event):
                    winner = (run, event)
                    second.all()
                    if event.isAnswer { handler.docket.clear(suspect) }
                case .second(.success(let answered)):
                    winner = answered
                    first.all()
                case .second(.failure(let error)): failure = error
                }
            }
            return Result { () throws(AppError) in
                guard let winner else { throw failure }
                return winner
            }
        }.get()
    }

    /// Runs a call a second time, alone.
    private func again(
        _ invocation: Invocation, _ suspect: Fingerprint, _ handler: ServedHandler, _ facts: CallFacts, _ stops: Stops
    ) async -> Result<(Run, Exchange.Event), AppError> {
        do throws(AppError) {
            let tenant = invocation.grant.context.tenant
            let process = try await handler.pool.lease(for: tenant, alone: true, deadline: invocation.deadline) { stops.add($0) }
            var second = invocation
            do throws(AppError) {
                guard !stops.isOver else { throw AppError(.cancelled) }
                let remaining = invocation.deadline.remaining(at: time.instant())
                second.suspect = suspect
                second.head.remainingMicroseconds = UInt64(max(0, remaining.microseconds))
                second.head.context = try contexts.renew(invocation.grant, remaining: remaining)
            } catch {
                handler.pool.giveBack(process)
                throw error
            }
            logger.notice(
                "a call runs again, alone",
                metadata: .keys([.requestID: "\(facts.requestID)", .handler: "\(handler.name)", .process: "\(process.pid)"]))
            let run = Run(process: process, link: ExchangeLink(process.wire, from: facts.executor), suspect: suspect)
            let event = await run.link.open(second) { stops.add($0) }
            return .success((run, try await follow(run, event, suspect, handler, facts)))
        } catch {
            return .failure(error)
        }
    }

    /// Waits for what becomes of a suspect that runs alone: an answer clears it, the end of its process convicts it.
    func follow(
        _ run: Run, _ first: Exchange.Event, _ suspect: Fingerprint, _ handler: ServedHandler, _ facts: CallFacts
    ) async throws(AppError) -> Exchange.Event {
        var event = first
        var wasSilent = false
        if case .silent = first {
            wasSilent = true
            event = await run.link.nextWord()
        }
        if case .lost = event {
            let death = await death(of: run.process, on: facts.executor)
            if death.blamesCalls { await convict(suspect, handler, death, facts) }
            throw AppError(.handlerFailed, retryable: false, detail: "its process is gone: \(death.how)")
        }
        if event.isAnswer {
            if !event.isBeginning { handler.docket.clear(suspect) }
        } else if wasSilent, case .failed(let error, _) = event, error.code == .deadlineExceeded {
            // Its process still does not answer, and will be killed for it.
            await convict(suspect, handler, Death(how: "it still runs", cause: .silence, sample: run.process.lastSample), facts)
        }
        return event
    }

    /// The process is gone in the middle of an answer.
    func blame(_ run: Run, _ invocation: Invocation, _ handler: ServedHandler, _ facts: CallFacts) async {
        let death = await death(of: run.process, on: facts.executor)
        guard death.blamesCalls else { return }
        if let suspect = run.suspect { await convict(suspect, handler, death, facts) } else { await suspect(invocation, handler) }
    }

    /// How a process ended whose wire has.
    func death(of process: HandlerProcess, on executor: LoopExecutor) async -> Death {
        let death = await process.ending.wait()
        await executor.arrive()
        return death
    }
}

extension Call {
    var facts: Gateway.CallFacts { Gateway.CallFacts(requestID: requestID, executor: connection.executor) }
}

extension Exchange.Event {
    /// Whether the process is gone or does not answer.
    var isTrouble: Bool {
        switch self {
        case .silent, .lost: true
        default: false
        }
    }

    /// Whether more of the answer follows.
    var isBeginning: Bool { if case .answer(let head) = self { head.receipt == nil } else { false } }

    /// Whether the process said it, and not the gateway in its place.
    var isAnswer: Bool {
        switch self {
        case .silent, .lost: false
        case .failed(let error, let receipt): receipt != .none || error.code != .cancelled && error.code != .deadlineExceeded
        default: true
        }
    }
}

extension ExchangeLink {
    /// The next thing that the process says, however long that takes.
    func nextWord() async -> Exchange.Event {
        while true {
            let event = await next()
            if case .silent = event { continue }
            return event
        }
    }
}

/// What to do when nobody waits any more, of all that runs for one call.
final class Stops: Sendable {
    private let state = Mutex<(isOver: Bool, stops: [@Sendable () -> Void])>((false, []))

    var isOver: Bool { state.withLock { $0.isOver } }

    func add(_ stop: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            if !state.isOver { state.stops.append(stop) }
            return state.isOver
        }
        if isOver { stop() }
    }

    func all() {
        let stops = state.withLock { state in
            defer { state = (true, []) }
            return state.stops
        }
        for stop in stops { stop() }
    }
}
