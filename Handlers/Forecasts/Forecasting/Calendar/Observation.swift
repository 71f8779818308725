public import Kernel

/// A value seen at some time.
public struct Observation: Sendable, Hashable {
    /// When it was seen.
    public let time: Timestamp
    /// Nil, or not finite, for a value that is missing.
    public let value: Double?

    /// An observation.
    public init(time: Timestamp, value: Double?) {
        self.time = time
        self.value = value
    }
}

/// What becomes of several values in one step.
public enum Aggregation: String, Sendable, CaseIterable, Codable {
    case mean, sum, last
}
