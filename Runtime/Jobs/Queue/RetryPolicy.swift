/// When a job that failed is tried again.
public struct RetryPolicy: Sendable, Hashable, Codable {
    /// How often it is begun at most, the first time included.
    public var maxAttempts: Int
    /// The wait behind the first failure, in seconds; it doubles from one to the next.
    public var firstWait: Double
    /// The longest wait, in seconds.
    public var longestWait: Double

    enum CodingKeys: String, CodingKey {
        case maxAttempts = "max_attempts"
        case firstWait = "first_wait"
        case longestWait = "longest_wait"
    }

    /// Five attempts; 1, 2, 4, 8 s between them.
    public static let standard = RetryPolicy()

    public init(maxAttempts: Int = 5, firstWait: Double = 1, longestWait: Double = 3600) {
        self.maxAttempts = max(1, maxAttempts)
        self.firstWait = max(0.001, firstWait)
        self.longestWait = max(0.001, longestWait)
    }

    /// The wait behind an attempt, from 1, in seconds: exponential backoff with equal jitter (Brooker, "Exponential Backoff and Jitter", 2015), so that
    /// jobs that failed together do not come back together. `chance` is 0…1. A longer wait that the handler asked for holds.
    public func wait(behind attempt: Int, chance: Double, asked: Double? = nil) -> Double {
        var wait = firstWait
        for _ in 1..<max(2, min(attempt, 64)) where attempt > 1 && wait < longestWait { wait *= 2 }
        wait = min(wait, longestWait)
        return max(wait / 2 + wait / 2 * min(max(chance, 0), 1), min(asked ?? 0, 86_400))
    }
}
