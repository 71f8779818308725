extension Reactor {
    /// Jobs that run before the loop looks at descriptors and timers again.
    private static let batch = 256

    /// One turn: run what is queued, wait for readiness, tell handlers, fire timers.
    func turn() {
        runQueue()
        var timeout: Int32 = 0
        if queue.isEmpty, !takeInbox(orSleep: true) {
            timeout = timers.next.map(Self.milliseconds) ?? -1
        }
        poller.wait(milliseconds: timeout) { token, events in
            guard let registration = watched.registration(of: token) else { return }
            registration.handler(Interest(events: events))
        }
        if timeout != 0 { awake() }
        fireTimers()
    }

    private func runQueue() {
        let task = asUnownedTaskExecutor()
        for _ in 0..<Self.batch {
            guard let work = queue.pop() else {
                guard takeInbox(orSleep: false) else { return }
                continue
            }
            switch work {
            case .job(let job): job.runSynchronously(on: task)
            case .measured(let job, let executor):
                executor.begin()
                job.runSynchronously(on: executor.asUnownedTaskExecutor())
                executor.end()
            case .body(let body): body()
            }
        }
    }

    private func fireTimers() {
        guard let next = timers.next else { return }
        let now = ContinuousClock.now
        guard next <= now else { return }
        while let timer = timers.popDue(at: now) { timer.body() }
    }

    /// Rounded up, so that a timer is due when the wait ends.
    private static func milliseconds(until due: ContinuousClock.Instant) -> Int32 {
        let wait = ContinuousClock.now.duration(to: due)
        if wait <= .zero { return 0 }
        let (seconds, attoseconds) = wait.components
        if seconds > 1_000_000 { return 1_000_000_000 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
