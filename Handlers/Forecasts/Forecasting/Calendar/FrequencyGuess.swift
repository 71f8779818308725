import Kernel

/// How far apart the times of a series stand, by the median distance between neighbours.
enum FrequencyGuess {
    /// - Parameter times: in order, each once.
    static func of(_ times: [Timestamp]) -> Frequency {
        guard times.count > 1 else { return .daily }
        let hours = Spread.median(zip(times.dropFirst(), times).map { Double(($0 - $1).milliseconds) / 3_600_000 })
        switch hours {
        case ..<12: return .hourly
        case ..<96: return isBusiness(times) ? .businessDaily : .daily
        case ..<(24 * 15): return .weekly
        case ..<(24 * 60): return .monthly
        case ..<(24 * 200): return .quarterly
        default: return .yearly
        }
    }

    /// Whether there are three weeks or more, and hardly a weekend.
    private static func isBusiness(_ times: [Timestamp]) -> Bool {
        let days = Set(times.map { Int($0.seconds >= 0 ? $0.seconds / 86_400 : ($0.seconds - 86_399) / 86_400) })
        let weekends = days.count { (($0 + 3) % 7 + 7) % 7 > 4 }
        return days.count >= 15 && Double(weekends) < 0.02 * Double(days.count)
    }
}
