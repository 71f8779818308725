import Kernel

/// Whether and when a fetch is sent again: exponential backoff with full jitter, and what the provider asks for (`Retry-After`). A pure value.
///
/// The n-th pause is drawn evenly from 0 to min(longest, base · 2ⁿ⁻¹), half a second of base ("Exponential Backoff And Jitter", AWS Architecture Blog,
/// 2015, "full jitter"), and is at least what the provider asked for, with the same jitter behind it so that not all come back at once.
struct RetryPlan {
    static let base: Duration = .milliseconds(500)

    /// How often it was sent.
    var tries = 0
    private let most: Int
    private let longest: Duration
    private let isIdempotent: Bool

    init(_ fetch: Fetch) {
        most = max(1, fetch.tries)
        longest = fetch.longestWait
        isIdempotent = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(fetch.request.method)
    }

    /// How long to wait before the next try; nil: there is none. `random` is from 0 up to 1, `left` the time for all of it.
    func pause(after fault: FetchFault, left: Duration, random: Double) -> Duration? {
        guard tries < most, isWorthAnother(fault) else { return nil }
        let cap = min(longest, Self.base * (1 << min(max(tries, 1) - 1, 20)))
        let jitter = cap * random
        let pause: Duration
        if let asked = fault.retryAfter {
            guard asked <= longest else { return nil }
            pause = min(asked + jitter, longest)
        } else {
            pause = jitter
        }
        return pause < left ? pause : nil
    }

    private func isWorthAnother(_ fault: FetchFault) -> Bool {
        switch fault.kind {
        case .rateLimited: true
        case .providerError: fault.status == 503 || (isIdempotent && fault.status != 501 && fault.status != 505)
        case .nameUnknown, .unreachable: true
        case .connectionLost, .timedOut: isIdempotent
        // Another try would be as slow, or is no use.
        default: false
        }
    }
}
