/// What a detector says of one value.
struct Reading: Sendable {
    /// 1 and above is an anomaly.
    var score: Double
    var expected: Double
    /// A value alone begins to count at about these.
    var lower: Double
    var upper: Double

    static func symmetric(score: Double, expected: Double, margin: Double) -> Reading {
        Reading(score: score, expected: expected, lower: expected - margin, upper: expected + margin)
    }
}

/// How large values of a series are, from its beginning: it gives floors to scales and an offset to roots and logarithms.
struct Magnitude: Sendable {
    /// The median of absolute values, of those that are not 0 where most are; 1 where all are.
    let value: Double

    init(of values: [Double]) {
        let all = values.map(abs).sorted()
        let set = all.filter { $0 > 0 }
        let middle = all.isEmpty ? 0 : all[all.count / 2]
        value = max(1e-150, middle > 0 ? middle : set.isEmpty ? 1 : set[set.count / 2])
    }
}
