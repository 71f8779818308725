/// What becomes of several values of one series at one time.
public enum Aggregation: String, Codable, Sendable, Hashable, CaseIterable {
    case last, first, sum, mean, min, max, count

    /// Whether it must be known what was gathered before, so that also a value that does not change is taken over.
    public var gathers: Bool { self != .last }

    /// Two partial results as one; each stands for so many values, `a` for the earlier ones of the file.
    func merged(_ a: Partial, _ b: Partial) -> Partial {
        let count = a.count + b.count
        let value: Double
        switch self {
        case .last: value = b.value
        case .first: value = a.value
        case .sum, .count: value = a.value + b.value
        // Weighted, so that parts of any size meet (Chan, Golub, LeVeque 1979).
        case .mean: value = a.value + (b.value - a.value) * (Double(b.count) / Double(count))
        case .min: value = Swift.min(a.value, b.value)
        case .max: value = Swift.max(a.value, b.value)
        }
        return Partial(value: value, count: count)
    }

    /// One value of the file.
    func single(_ value: Double) -> Partial { Partial(value: self == .count ? 1 : value, count: 1) }

    /// What some values came to.
    struct Partial: Sendable, Hashable {
        var value: Double
        var count: Int64
    }
}
