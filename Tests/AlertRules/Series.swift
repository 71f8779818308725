import AlertRules
import Kernel
import MetricSeries

/// Days of a metric, the first at 2026-01-05, a Monday, at midnight UTC.
enum Series {
    static let start = Timestamp(seconds: 1_767_571_200)

    static func time(_ days: Double) -> Timestamp { Timestamp(microseconds: start.microseconds + Int64(days * 86_400_000_000)) }

    static func days(_ values: [Double]) -> [Point] {
        values.enumerated().map { Point(time: time(Double($0)).microseconds, value: $1) }
    }

    static func history(_ values: [Double], metric: String = "sales") -> History { History([metric: days(values)]) }
}

extension Condition {
    /// With nothing in memory.
    func verdict(at slot: Timestamp, _ history: History, isFiring: Bool = false) -> Verdict {
        var memory = RuleMemory()
        return verdict(at: slot, history, isFiring: isFiring, &memory)
    }

    /// As a test reads it: the truth at a day.
    func truth(_ day: Double, _ history: History, isFiring: Bool = false) -> Verdict.Truth {
        verdict(at: Series.time(day), history, isFiring: isFiring).truth
    }
}

/// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014): the same numbers at each run.
struct Mix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
