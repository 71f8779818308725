/// How a value is held against a limit.
public enum Comparison: String, Codable, Sendable, Hashable, CaseIterable {
    case above
    case atLeast = "at_least"
    case below
    case atMost = "at_most"

    /// Whether a value is on the wrong side.
    public func holds(_ value: Double, _ limit: Double) -> Bool {
        switch self {
        case .above: value > limit
        case .atLeast: value >= limit
        case .below: value < limit
        case .atMost: value <= limit
        }
    }

    /// Whether large values are the wrong ones.
    public var isUpward: Bool { self == .above || self == .atLeast }

    /// In words between a value and its limit.
    var words: String {
        switch self {
        case .above: "above"
        case .atLeast: "at least"
        case .below: "below"
        case .atMost: "at most"
        }
    }
}

/// Which side of a band counts.
public enum Direction: String, Codable, Sendable, Hashable, CaseIterable {
    case above, below, either
}
