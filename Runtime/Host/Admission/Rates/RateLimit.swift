/// Whose word decides how often a tenant may call.
public enum TenantRate: Sendable, Hashable {
    /// The tenant's plan; one without a word of it is not limited.
    case plan
    /// The installation: every tenant as often, whatever its plan.
    case every(RateLimit)
    /// Nobody's.
    case off

    /// Reads `plan`, `off`, or a rate. Nil for anything else.
    public init?(_ text: String) {
        switch text {
        case "plan": self = .plan
        case "off": self = .off
        default:
            guard let limit = RateLimit(text) else { return nil }
            self = .every(limit)
        }
    }
}

/// How many calls are allowed: so many in a window, of which some may come at once.
public struct RateLimit: Sendable, Hashable, CustomStringConvertible {
    /// Calls in one window, at least 1.
    public let count: Int
    public let window: Duration
    /// Calls that may come at once after a pause. Defaults to a window's.
    public let burst: Int

    public init(_ count: Int, per window: Duration, burst: Int? = nil) {
        self.count = max(1, count)
        self.window = window
        self.burst = max(1, burst ?? count)
    }

    /// Reads `100/min`, `5/s`, `1000/h`, with `100/min burst 300` for another burst. Nil for anything else.
    public init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 1 || (words.count == 3 && words[1] == "burst") else { return nil }
        let parts = words[0].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int(parts[0]), (1...10_000_000).contains(count) else { return nil }
        let window: Duration
        switch parts[1] {
        case "s": window = .seconds(1)
        case "min": window = .seconds(60)
        case "h": window = .seconds(3600)
        default: return nil
        }
        var burst: Int?
        if words.count == 3 {
            guard let number = Int(words[2]), (1...10_000_000).contains(number) else { return nil }
            burst = number
        }
        self.init(count, per: window, burst: burst)
    }

    public var description: String {
        let unit = window == .seconds(1) ? "s" : window == .seconds(60) ? "min" : "h"
        return "\(count)/\(unit) burst \(burst)"
    }
}
