public import Kernel

/// An aggregate of the newest window against a fixed limit.
public struct Threshold: Codable, Sendable, Hashable, Validated {
    public var metric: String
    public var comparison: Comparison
    public var value: Double
    /// While the alert fires the value must come back past this one: hysteresis. Defaults to `value`.
    public var clearValue: Double?
    /// Defaults to `last`.
    public var aggregate: Aggregate?
    /// How far back points count. Defaults to 35 days for `last`; every other aggregate needs it.
    public var windowSeconds: Int?

    enum CodingKeys: String, CodingKey {
        case metric, value, aggregate
        case comparison = "operator"
        case clearValue = "clear_value"
        case windowSeconds = "window_seconds"
    }

    public init(
        metric: String, _ comparison: Comparison, _ value: Double, clearValue: Double? = nil, aggregate: Aggregate? = nil, windowSeconds: Int? = nil
    ) {
        (self.metric, self.comparison, self.value, self.clearValue) = (metric, comparison, value, clearValue)
        (self.aggregate, self.windowSeconds) = (aggregate, windowSeconds)
    }

    public func validate(_ issues: inout [AppError.Issue]) {
        issues.requireMetric(metric)
        issues.requireWindow(windowSeconds)
        issues.require(value.isFinite, "value", "expected a number")
        issues.requireClear(clearValue, value, comparison)
        issues.require(
            windowSeconds != nil || aggregate == nil || aggregate == .last, "window_seconds", "required with every aggregate but last")
    }

    /// The window, with its default.
    var window: Int { windowSeconds ?? RuleLimits.staleSeconds }
}

/// The newest window against the one before it.
public struct Change: Codable, Sendable, Hashable, Validated {
    /// In which unit a change is measured.
    public enum Unit: String, Codable, Sendable, Hashable, CaseIterable { case percent, absolute }

    public var metric: String
    public var comparison: Comparison
    /// Signed: a fall by a fifth is -20 percent.
    public var value: Double
    public var clearValue: Double?
    /// Defaults to `percent`, of the amount of the earlier value.
    public var unit: Unit?
    /// Of each of both windows. Defaults to `last`.
    public var aggregate: Aggregate?
    /// The length of each of both windows.
    public var windowSeconds: Int

    enum CodingKeys: String, CodingKey {
        case metric, value, unit, aggregate
        case comparison = "operator"
        case clearValue = "clear_value"
        case windowSeconds = "window_seconds"
    }

    public init(
        metric: String, _ comparison: Comparison, _ value: Double, clearValue: Double? = nil, unit: Unit? = nil, aggregate: Aggregate? = nil,
        windowSeconds: Int
    ) {
        (self.metric, self.comparison, self.value, self.clearValue) = (metric, comparison, value, clearValue)
        (self.unit, self.aggregate, self.windowSeconds) = (unit, aggregate, windowSeconds)
    }

    public func validate(_ issues: inout [AppError.Issue]) {
        issues.requireMetric(metric)
        issues.requireWindow(windowSeconds)
        issues.require(value.isFinite, "value", "expected a number")
        issues.requireClear(clearValue, value, comparison)
    }
}

/// The newest value against the band in which a forecast of the values before it expected it, see ``ForecastBands``.
public struct ForecastBreach: Codable, Sendable, Hashable, Validated {
    /// The bands that a forecast gives.
    static let confidences = [0.8, 0.95]

    public var metric: String
    /// Defaults to `either`.
    public var direction: Direction?
    /// How likely a usual value lies within the band: 0.8 or 0.95. Defaults to 0.95.
    public var confidence: Double?

    public init(metric: String, direction: Direction? = nil, confidence: Double? = nil) {
        (self.metric, self.direction, self.confidence) = (metric, direction, confidence)
    }

    public func validate(_ issues: inout [AppError.Issue]) {
        issues.requireMetric(metric)
        issues.require(confidence.map(Self.confidences.contains) ?? true, "confidence", "expected 0.8 or 0.95")
    }
}

/// The newest value, as the detector of anomalies judges it, see ``AnomalyScan``.
public struct Anomaly: Codable, Sendable, Hashable, Validated {
    /// From which score on a value counts.
    public enum Sensitivity: String, Codable, Sendable, Hashable, CaseIterable {
        case low, medium, high

        /// Those from which on a verdict's severity is high, medium, low.
        public var score: Double {
            switch self {
            case .low: 3
            case .medium: 1.5
            case .high: 1
            }
        }
    }

    public var metric: String
    /// Defaults to `either`.
    public var direction: Direction?
    /// Defaults to `medium`.
    public var sensitivity: Sensitivity?

    public init(metric: String, direction: Direction? = nil, sensitivity: Sensitivity? = nil) {
        (self.metric, self.direction, self.sensitivity) = (metric, direction, sensitivity)
    }

    public func validate(_ issues: inout [AppError.Issue]) { issues.requireMetric(metric) }
}

/// Nothing came for as long as that.
public struct NoData: Codable, Sendable, Hashable, Validated {
    public var metric: String
    public var windowSeconds: Int

    enum CodingKeys: String, CodingKey {
        case metric
        case windowSeconds = "window_seconds"
    }

    public init(metric: String, windowSeconds: Int) { (self.metric, self.windowSeconds) = (metric, windowSeconds) }

    public func validate(_ issues: inout [AppError.Issue]) {
        issues.requireMetric(metric)
        issues.requireWindow(windowSeconds)
    }
}

/// What bounds a rule, so that one evaluation stays small.
public enum RuleLimits {
    static let day = 86_400
    /// A value that is older counts no more as the newest one, unless a rule says otherwise.
    static let staleSeconds = 35 * day
    /// The longest window: 90 days.
    public static let windowSeconds = 60...90 * day
    /// How far back forecasts look: three years and a day.
    static let forecastSeconds = 1096 * day
    /// How far back the detector of anomalies begins.
    static let anomalySeconds = 366 * day
    /// Conditions of a rule, all of them together, and how deep they stand in each other.
    static let conditions = 16, depth = 4
}

extension [AppError.Issue] {
    fileprivate mutating func requireMetric(_ metric: String) {
        requireLength(metric, "metric", 1...200)
        require(!metric.utf8.contains(0), "metric", "expected no NUL character")
    }

    fileprivate mutating func requireWindow(_ seconds: Int?) {
        let range = RuleLimits.windowSeconds
        require(seconds.map(range.contains) ?? true, "window_seconds", "expected a whole number from \(range.lowerBound) to \(range.upperBound)")
    }

    fileprivate mutating func requireClear(_ clear: Double?, _ value: Double, _ comparison: Comparison) {
        guard let clear else { return }
        require(
            clear.isFinite && (comparison.isUpward ? clear <= value : clear >= value), "clear_value",
            "expected a value that is \(comparison.isUpward ? "at most" : "at least") value, since it is met on the way back")
    }
}
