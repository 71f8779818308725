public import Kernel
public import NotificationRules

/// What a rule would have done: the same machine over slots of the past.
///
/// Data counts from its own time on, not from when it came; so a preview may know more than the rule itself would have known then.
public struct RulePreview: Sendable {
    /// One firing.
    public struct Firing: Codable, Sendable, Hashable {
        public let number: Int
        public let firedAt: Timestamp
        /// Nil where it fires at the end still.
        public var resolvedAt: Timestamp?
        public let value: Double?
        public let summary: String
        /// How often somebody would have been told, its end included.
        public var notices = 0

        enum CodingKeys: String, CodingKey {
            case number, value, summary, notices
            case firedAt = "fired_at"
            case resolvedAt = "resolved_at"
        }
    }

    /// The most slots that one preview goes through.
    public static let slots = 5000
    /// The most points that all of them together look at.
    static let points: Int64 = 40_000_000
    /// The most forecasts that it makes.
    static let forecasts = 200
    /// The most firings that it lists; all are counted.
    static let listed = 500

    /// Slots that counted.
    public private(set) var evaluations = 0
    /// Those at which too little was known.
    public private(set) var withoutData = 0
    public private(set) var firingCount = 0
    public private(set) var noticeCount = 0
    public private(set) var firings: [Firing] = []
    /// Where it would stand at the end.
    public private(set) var state = FiringState()

    /// Goes from one moment up to another. Throws `VALIDATION_ERROR` where that are no slots or too many, or where each of them looks at too many points.
    public init(
        _ condition: Condition, _ timing: RuleTiming, _ severity: Severity, _ history: History, _ zone: ZoneOffsets, from: Timestamp, to: Timestamp,
        stepSeconds: Int
    ) throws(AppError) {
        try Self.check(from: from, to: to, stepSeconds: stepSeconds)
        let slots = (to.seconds - from.seconds) / Int64(stepSeconds) + 1
        guard Int64(condition.pointCount(history, from: from, to: to)) * slots <= Self.points else {
            throw AppError.invalid(
                "step_seconds", "expected fewer steps for a rule that looks at so many points; take a longer step or a shorter range")
        }
        var slot = from
        var memory = RuleMemory()
        while slot <= to {
            let step = state.step(at: slot, timing, severity, zone) { condition.verdict(at: slot, history, isFiring: $0, &memory) }
            guard memory.bands.made <= Self.forecasts else {
                throw AppError.invalid("from", "expected a range with at most \(Self.forecasts) values to forecast; take a shorter one")
            }
            take(step, slot)
            slot = slot + .seconds(stepSeconds)
        }
    }

    /// Throws `VALIDATION_ERROR` where a range and a step make no slots or too many.
    public static func check(from: Timestamp, to: Timestamp, stepSeconds: Int) throws(AppError) {
        guard from <= to else { throw AppError.invalid("to", "expected a time that is not before from") }
        guard (60...31_622_400).contains(stepSeconds) else { throw AppError.invalid("step_seconds", "expected a whole number from 60 to 31622400") }
        guard (to.seconds - from.seconds) / Int64(stepSeconds) < Int64(slots), to.seconds - from.seconds <= 366 * 86_400 else {
            throw AppError.invalid("step_seconds", "expected at most \(slots) steps in at most 366 days; take a longer step or a shorter range")
        }
    }

    private mutating func take(_ step: FiringStep, _ slot: Timestamp) {
        if step.counted {
            evaluations += 1
            if !state.hasData { withoutData += 1 }
        }
        for event in step.events {
            switch event {
            case .fired(let number):
                firingCount += 1
                guard firings.count < Self.listed else { continue }
                firings.append(Firing(number: number, firedAt: slot, value: state.value, summary: state.summary))
            case .resolved(let number):
                if let place = firings.lastIndex(where: { $0.number == number }) { firings[place].resolvedAt = slot }
            case .pending, .noData, .dataBack: break
            }
        }
        for notice in step.notices {
            noticeCount += 1
            if let place = firings.lastIndex(where: { $0.number == notice.firing }) { firings[place].notices += 1 }
        }
    }
}

extension Condition {
    /// About how many points one evaluation looks at: the most at sixteen moments of a range.
    fileprivate func pointCount(_ history: History, from: Timestamp, to: Timestamp) -> Int {
        let step = (to.microseconds - from.microseconds) / 15
        return (0...15).map { place -> Int in
            let slot = Timestamp(microseconds: from.microseconds + Int64(place) * step)
            return leaves.reduce(0) { total, leaf in
                // These look at a value once.
                switch leaf {
                case .forecast, .anomaly: return total
                default: break
                }
                let start = Timestamp(microseconds: slot.microseconds - Int64(leaf.lookback) * 1_000_000)
                return total + leaf.metrics.reduce(0) { $0 + history.points($1, from: start, through: slot).count }
            }
        }.max() ?? 0
    }
}
