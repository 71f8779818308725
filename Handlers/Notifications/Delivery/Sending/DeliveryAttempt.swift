import Kernel

/// How one try went, and what follows.
public struct DeliveryAttempt: Sendable, Hashable {
    /// What the receiver did.
    public enum Result: Sendable, Hashable {
        /// Any status, with the seconds of its `Retry-After`, if it had one.
        case status(Int, retryAfter: Int?)
        /// No answer: nobody there, too late, too long, cut off.
        case noAnswer(String)
        /// The address guard does not let it be called.
        case refused(String)
    }

    /// What follows.
    public enum Next: Sendable, Hashable {
        case delivered
        /// Again after a wait, under the same id.
        case again(Duration, reason: String)
        /// Never again; `endsChannel`: nor anything else to this receiver, until somebody switches the channel on.
        case givenUp(reason: String, endsChannel: Bool)
    }

    /// Tries in all; with the waits between them about a day and a quarter (Standard Webhooks 1.0, "Deliverability and reliability").
    public static let most = 9
    /// The waits behind the first try, the second one and so on, in seconds.
    private static let waits = [5, 300, 1800, 7200, 18_000, 36_000, 36_000, 36_000]
    /// The longest wait that a receiver may ask for.
    private static let longestAsked = 86_400

    /// What follows the try of that number, from 1. Waits differ by a tenth by chance, so that what failed together does not come back together.
    ///
    /// 2xx is delivered. 410 says that nobody wants any more: the channel ends. All else is tried again, redirects included, which are not followed; after
    /// the last try the channel ends, and its owner is told.
    public static func next(_ result: Result, attempt: Int, using random: inout some RandomNumberGenerator) -> Next {
        var asked = 0
        let reason: String
        switch result {
        case .status(200..<300, _): return .delivered
        case .status(410, _): return .givenUp(reason: "the receiver answered 410: it wants no more", endsChannel: true)
        case .status(let status, let retryAfter):
            asked = min(max(retryAfter ?? 0, 0), longestAsked)
            reason = (300..<400).contains(status) ? "the receiver answered \(status); redirects are not followed" : "the receiver answered \(status)"
        case .noAnswer(let text): reason = text
        case .refused(let text): return .givenUp(reason: text, endsChannel: true)
        }
        guard attempt < most else { return .givenUp(reason: "after \(attempt) tries: \(reason)", endsChannel: true) }
        let wait = waits[min(max(attempt, 1), waits.count) - 1]
        let chosen = Int.random(in: wait * 9...wait * 11, using: &random)
        return .again(max(.milliseconds(chosen * 100), .seconds(asked)), reason: reason)
    }
}
