import Jobs
import Kernel

extension JobService {
    /// What one turn saw, for the next: whose jobs wait, and when to look again. A pure value.
    struct Look {
        /// Whose jobs wait, as of the last turn.
        var waiting: [ClaimTurns.Party] = []
        /// When the next scheduled job's time comes, at the latest in ``JobService/interval``.
        var nextDue = ContinuousClock.now
        private var hasClaimed = false
        /// Whether those who wait now have not been asked yet.
        private var isNews = false
        /// Turns that asked those who were news and claimed nothing, one behind the other.
        private var barren = 0

        mutating func saw(_ turn: JobDatabase.Turn, _ wish: JobDatabase.Wish, at now: ContinuousClock.Instant) {
            if wish.promotes {
                let wait = turn.nextDue.map { Duration.milliseconds(Int64(min(max(1, $0 * 1000), 1000))) } ?? JobService.interval
                nextDue = now.advanced(by: min(JobService.interval, wait))
            }
            hasClaimed = !turn.jobs.isEmpty
            barren = isNews && !hasClaimed && !wish.shares.isEmpty ? barren + 1 : 0
            isNews = !turn.waiting.isEmpty && Set(turn.waiting) != Set(wish.shares.map(\.party))
            waiting = wish.openings.isEmpty ? waiting : turn.waiting
        }

        /// How long to wait for a signal before the next turn; nil: not at all.
        ///
        /// A turn that claimed or that sees others wait is followed by the next at once, as long as half of all is free; what waits and could not be
        /// claimed is of other gateways, or of handlers that are not served.
        func rest(free: Int, of capacity: Int, at now: ContinuousClock.Instant) -> Duration? {
            if free == 0 { return JobService.gather }
            if hasClaimed, !waiting.isEmpty { return free * 2 < capacity ? JobService.gather : nil }
            // Among many tenants whose jobs nobody here may claim, others are always news.
            if isNews { return barren < 2 ? nil : JobService.gather }
            return min(JobService.interval, max(.milliseconds(1), now.duration(to: nextDue)))
        }
    }
}
