public import Kernel

/// How many messages a channel has had lately: a bucket that holds an hour's worth and fills evenly.
public struct Throttle: Codable, Sendable, Hashable {
    /// Messages that may go now; nil: the bucket is full.
    public private(set) var level: Double?
    public private(set) var at: Timestamp?

    public init() {}

    /// Takes one message's place out of the bucket. Nil: it may go; else when it may.
    public mutating func take(at now: Timestamp, perHour: Int) -> Timestamp? {
        let size = Double(max(perHour, 1))
        let rate = size / 3600
        var filled = size
        if let level, let at { filled = min(size, level + max(0, Double((now - at).microseconds) / 1e6) * rate) }
        guard filled >= 1 else {
            (level, at) = (filled, now)
            return now + .microseconds(Int64(((1 - filled) / rate * 1e6).rounded(.up)))
        }
        (level, at) = (filled - 1, now)
        return nil
    }
}
