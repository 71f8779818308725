import Kernel
import Synchronization

/// The suspects and convicts of one version of a handler, for all loops.
final class Docket: Sendable {
    private let suspects: Mutex<Suspects>
    private let count = Atomic(0)
    private let time: TimeSource

    init(_ limits: Suspects.Limits = Suspects.Limits(), time: TimeSource) {
        suspects = Mutex(Suspects(limits))
        self.time = time
    }

    /// Whether there is nothing to look up: so it is as long as nothing dies.
    var isEmpty: Bool { count.load(ordering: .relaxed) == 0 }

    var figures: (suspects: Int, convicted: Int) {
        suspects.withLock { ($0.count - $0.convictedCount, $0.convictedCount) }
    }

    func hasAny(of route: Int, _ tenant: TenantID?) -> Bool { suspects.withLock { $0.hasAny(of: route, tenant) } }

    func verdict(on fingerprint: Fingerprint) -> Suspects.Verdict { change { $0.verdict(on: fingerprint, now: time.instant()) } }

    func suspect(_ fingerprint: Fingerprint) { change { $0.suspect(fingerprint, now: time.instant()) } }

    func clear(_ fingerprint: Fingerprint) { change { $0.clear(fingerprint) } }

    /// How long it is refused.
    func convict(_ fingerprint: Fingerprint, for remaining: Duration? = nil) -> Duration {
        change {
            $0.convict(fingerprint, for: remaining, now: time.instant())
            return remaining ?? $0.limits.conviction
        }
    }

    private func change<Result>(_ body: (inout Suspects) -> Result) -> Result {
        suspects.withLock { suspects in
            let result = body(&suspects)
            count.store(suspects.count, ordering: .relaxed)
            return result
        }
    }
}
