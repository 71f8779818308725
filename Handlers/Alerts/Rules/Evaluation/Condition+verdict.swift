public import Kernel
import MetricSeries

extension Condition {
    /// How it stands at a moment: points up to it count, none behind it. While the alert fires the values for the way back count.
    ///
    /// `memory` is of the same history; what was reckoned before is taken from it.
    public func verdict(at slot: Timestamp, _ history: History, isFiring: Bool, _ memory: inout RuleMemory) -> Verdict {
        verdict { leaf in
            switch leaf {
            case .threshold(let test): test.verdict(slot, history, isFiring)
            case .change(let test): test.verdict(slot, history, isFiring)
            case .forecast(let test): test.verdict(slot, history, &memory)
            case .anomaly(let test): test.verdict(slot, history, &memory)
            case .noData(let test): test.verdict(slot, history)
            case .all, .any, .not: Verdict(.unknown, "")
            }
        }
    }

    /// The same where it is known how each of its ``leaves`` stands.
    public func verdict(_ test: (Condition) -> Verdict) -> Verdict {
        switch self {
        case .threshold, .change, .forecast, .anomaly, .noData: return test(self)
        case .not(let part):
            let verdict = part.verdict(test)
            return Verdict(!verdict.truth, value: verdict.value, verdict.summary)
        case .all(let parts): return Self.together(parts.map { $0.verdict(test) }, .breached) { $0 && $1 }
        case .any(let parts): return Self.together(parts.map { $0.verdict(test) }, .clear) { $0 || $1 }
        }
    }

    private static func together(
        _ parts: [Verdict], _ neutral: Verdict.Truth, _ join: (Verdict.Truth, Verdict.Truth) -> Verdict.Truth
    ) -> Verdict {
        let truth = parts.map(\.truth).reduce(neutral, join)
        // Those that made it so are named; where none did by itself, all.
        let decisive = parts.filter { $0.truth == truth }
        let named = decisive.isEmpty ? parts : decisive
        return Verdict(truth, value: parts.count == 1 ? parts[0].value : nil, named.map(\.summary).joined(separator: "; "))
    }
}

extension Timestamp {
    func back(_ seconds: Int) -> Timestamp { Timestamp(microseconds: microseconds - Int64(seconds) * 1_000_000) }
}

extension Threshold {
    fileprivate func verdict(_ slot: Timestamp, _ history: History, _ isFiring: Bool) -> Verdict {
        let aggregate = aggregate ?? .last
        guard let found = aggregate.value(of: history.points(metric, from: slot.back(window), through: slot)) else {
            return Verdict(.unknown, "\(metric) has no value")
        }
        let limit = isFiring ? clearValue ?? value : value
        let holds = comparison.holds(found, limit)
        let name = aggregate == .last ? metric : "\(aggregate.rawValue) of \(metric)"
        return Verdict(
            holds ? .breached : .clear, value: found,
            "\(name) \(Figure.text(found)) is \(holds ? "" : "not ")\(comparison.words) \(Figure.text(limit))")
    }
}

extension Change {
    fileprivate func verdict(_ slot: Timestamp, _ history: History, _ isFiring: Bool) -> Verdict {
        let aggregate = aggregate ?? .last
        let middle = slot.back(windowSeconds)
        guard let now = aggregate.value(of: history.points(metric, from: middle, through: slot)),
            let before = aggregate.value(of: history.points(metric, from: middle.back(windowSeconds), through: middle))
        else { return Verdict(.unknown, "\(metric) has no value to compare") }
        var change = now - before
        if unit != .absolute {
            guard before != 0 || now == 0 else { return Verdict(.unknown, "\(metric) was 0 before, so that no percentage can be said") }
            change = before == 0 ? 0 : change / abs(before) * 100
        }
        let limit = isFiring ? clearValue ?? value : value
        let holds = comparison.holds(change, limit)
        let mark = unit == .absolute ? "" : " %"
        return Verdict(
            holds ? .breached : .clear, value: change,
            "\(metric) changed by \(Figure.text(change))\(mark), from \(Figure.text(before)) to \(Figure.text(now)), "
                + "which is \(holds ? "" : "not ")\(comparison.words) \(Figure.text(limit))\(mark)")
    }
}

extension ForecastBreach {
    fileprivate func verdict(_ slot: Timestamp, _ history: History, _ memory: inout RuleMemory) -> Verdict {
        guard let newest = memory.bands.newest(of: metric, at: slot, history) else { return Verdict(.unknown, "\(metric) has no new value") }
        guard let band = newest.band else { return Verdict(.unknown, value: newest.value, "too little is known of \(metric) to expect anything") }
        let (lower, upper) = confidence == 0.8 ? (band.lower80, band.upper80) : (band.lower95, band.upper95)
        let (isAbove, isBelow) = (newest.value > upper, newest.value < lower)
        let holds = isAbove && direction != .below || isBelow && direction != .above
        let place = isAbove ? "above" : isBelow ? "below" : "within"
        return Verdict(
            holds ? .breached : .clear, value: newest.value,
            "\(metric) \(Figure.text(newest.value)) is \(place) what was expected, \(Figure.text(lower)) to \(Figure.text(upper))")
    }
}

extension Anomaly {
    fileprivate func verdict(_ slot: Timestamp, _ history: History, _ memory: inout RuleMemory) -> Verdict {
        guard let worst = memory.worst(of: metric, at: slot, history, direction ?? .either) else {
            return Verdict(.unknown, "\(metric) has no new value, or too few to call one unusual")
        }
        let holds = worst.score >= (sensitivity ?? .medium).score
        let words = holds ? worst.words : "\(Figure.text(worst.value)) is usual"
        return Verdict(holds ? .breached : .clear, value: worst.value, "\(metric) \(words)")
    }
}

extension NoData {
    fileprivate func verdict(_ slot: Timestamp, _ history: History) -> Verdict {
        guard let last = history.points(metric, from: slot.back(windowSeconds), through: slot).last else {
            return Verdict(.breached, "\(metric) has had no value since \(slot.back(windowSeconds))")
        }
        return Verdict(.clear, value: last.value, "\(metric) has a value of \(Timestamp(microseconds: last.time))")
    }
}
