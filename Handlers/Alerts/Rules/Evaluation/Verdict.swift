/// How a condition stands at a moment.
public struct Verdict: Sendable, Hashable {
    /// Kleene's three values: what is not known stays unknown unless the rest decides without it.
    public enum Truth: Sendable, Hashable { case breached, clear, unknown }

    public var truth: Truth
    /// The value that was looked at; nil where there is none, and where several were.
    public var value: Double?
    /// What was found, for people: `sales 80 is below 100`.
    public var summary: String

    public init(_ truth: Truth, value: Double? = nil, _ summary: String) {
        self.truth = truth
        self.value = value
        self.summary = summary
    }
}

extension Verdict.Truth {
    static func && (a: Self, b: Self) -> Self {
        if a == .clear || b == .clear { return .clear }
        return a == .unknown || b == .unknown ? .unknown : .breached
    }

    static func || (a: Self, b: Self) -> Self {
        if a == .breached || b == .breached { return .breached }
        return a == .unknown || b == .unknown ? .unknown : .clear
    }

    static prefix func ! (a: Self) -> Self {
        switch a {
        case .breached: .clear
        case .clear: .breached
        case .unknown: .unknown
        }
    }
}

/// Numbers as people read them: at most six significant digits behind the point, no zeros at the end.
enum Figure {
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        if let whole = Int64(exactly: value) { return "\(whole)" }
        guard abs(value) < 1e9, abs(value) >= 1e-3 else { return "\(value)" }
        let digits = abs(value) >= 1000 ? 100.0 : 1_000_000.0
        let rounded = (value * digits).rounded() / digits
        return Int64(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
    }
}
