import Addresses
public import Kernel
import Synchronization

/// Fetches from providers elsewhere: what is kept is given again, what fails is tried again, a host that fails and fails is left alone, and no
/// provider is asked more often than it allows.
///
/// One for a process; fetches run side by side.
public final class Fetcher: Sendable {
    /// Sends one request; ``HTTPClient/send(_:)`` but in tests.
    public typealias Send = @Sendable (HTTPRequest) async throws -> HTTPAnswer

    private let send: Send
    private let store: any ResponseStore
    private let quotas: any QuotaStore
    private let time: TimeSource
    private let random: @Sendable () -> Double
    private let wait: @Sendable (Duration) async throws -> Void
    private let circuits = Mutex(CircuitTable())

    /// `random` gives numbers from 0 up to 1, `wait` lets that much time pass.
    public init(
        send: @escaping Send, store: any ResponseStore = MemoryResponseStore(), quotas: any QuotaStore = MemoryQuotaStore(),
        time: TimeSource = .system, random: @escaping @Sendable () -> Double = { .random(in: 0..<1) },
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.send = send
        self.store = store
        self.quotas = quotas
        self.time = time
        self.random = random
        self.wait = wait
    }

    /// The answer, of status 2xx. Throws what a business user can be told.
    public func fetch(_ fetch: Fetch) async throws(FetchFault) -> Fetched {
        let key = CacheRule.key(of: fetch)
        var kept: StoredResponse?
        if let key { kept = try? await store.response(for: key) }
        if let kept, CacheRule.isFresh(kept, at: time.now()) {
            guard let answer = kept.answer else { throw FetchFault(.notUnderstood, host: fetch.request.url.host) }
            return Fetched(answer: answer, origin: .cache, at: kept.storedAt, tries: 0)
        }
        var request = fetch.request
        if let kept { CacheRule.addValidators(of: kept, to: &request) }
        let (answer, tries) = try await tried(fetch, request)
        let now = time.now()
        if answer.status == 304, let kept, let key {
            let renewed = CacheRule.renewed(kept, by: answer, at: now, lifetime: fetch.lifetime)
            try? await store.keep(renewed, for: key)
            guard let answer = renewed.answer else { throw FetchFault(.notUnderstood, host: request.url.host, tries: tries) }
            return Fetched(answer: answer, origin: .revalidated, at: now, tries: tries)
        }
        if let key, let response = CacheRule.kept(answer, at: now, lifetime: fetch.lifetime) { try? await store.keep(response, for: key) }
        return Fetched(answer: answer, origin: .network, at: now, tries: tries)
    }

    /// An answer of 2xx, or 304 where it was asked for, and how often it took.
    private func tried(_ fetch: Fetch, _ request: HTTPRequest) async throws(FetchFault) -> (HTTPAnswer, Int) {
        let host = request.url.host
        // A port where nobody listens says nothing of the next one.
        let circuit = "\(fetch.circle ?? "") \(request.url.origin)"
        let end = time.instant().advanced(by: fetch.patience)
        var plan = RetryPlan(fetch)
        while true {
            try await admit(fetch, circuit, tries: plan.tries, until: end)
            let outcome = await once(request, until: end)
            plan.tries += 1
            let isOurs = outcome.fault?.kind == .cancelled || outcome.fault?.kind == .addressRefused
            if !isOurs { circuits.withLock { $0.record(circuit, failed: outcome.fault?.isHostFailing ?? false, at: time.instant()) } }
            guard var fault = outcome.fault else {
                guard let answer = outcome.answer else { throw FetchFault(.cancelled, host: host, tries: plan.tries) }
                return (answer, plan.tries)
            }
            fault.tries = plan.tries
            guard let pause = plan.pause(after: fault, left: end - time.instant(), random: random()) else { throw fault }
            do { try await wait(pause) } catch { throw FetchFault(.cancelled, host: host, tries: plan.tries) }
        }
    }

    /// Waits for a circuit and a quota that will have room soon; throws where that takes too long.
    private func admit(_ fetch: Fetch, _ circuit: String, tries: Int, until end: ContinuousClock.Instant) async throws(FetchFault) {
        let host = fetch.request.url.host
        if let pause = circuits.withLock({ $0.pause(circuit, at: time.instant()) }) {
            throw FetchFault(.hostPaused, host: host, retryAfter: pause, tries: tries)
        }
        guard let provider = fetch.provider, !fetch.quotas.isEmpty else { return }
        while true {
            let decision: QuotaDecision
            do { decision = try await quotas.take(provider, fetch.quotas, at: time.now()) } catch {
                throw FetchFault(.quotaSpent, host: host, tries: tries, detail: "the quota store failed: \(error)")
            }
            guard case .spent(let until) = decision else { return }
            let pause = max(.milliseconds(1), until - time.now())
            guard pause <= fetch.longestWait, pause < end - time.instant() else {
                throw FetchFault(.quotaSpent, host: host, retryAfter: pause, tries: tries)
            }
            do { try await wait(pause) } catch { throw FetchFault(.cancelled, host: host, tries: tries) }
        }
    }

    private func once(_ request: HTTPRequest, until end: ContinuousClock.Instant) async -> (answer: HTTPAnswer?, fault: FetchFault?) {
        var request = request
        request.timeout = min(request.timeout, max(.milliseconds(1), end - time.instant()))
        do {
            let answer = try await send(request)
            return (answer, FetchFault(answer, asked: request, now: time.now()))
        } catch let error as OutboundError {
            return (nil, FetchFault(error, host: request.url.host))
        } catch is CancellationError {
            return (nil, FetchFault(.cancelled, host: request.url.host))
        } catch {
            return (nil, FetchFault(.unreachable, host: request.url.host, detail: "\(error)"))
        }
    }
}
