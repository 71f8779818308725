import Articles
public import Kernel

/// Why a run, or a part of it, brought nothing: for the history of a source.
public struct PullFault: Error, Sendable, Equatable {
    /// What went wrong. Its text is stable.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// What came is not what was expected: no JSON, no table, a web page.
        public static let wrongFormat = Code(rawValue: "wrong_format")
        /// Values of other types, or required ones missing.
        public static let wrongShape = Code(rawValue: "wrong_shape")
        public static let emptyAnswer = Code(rawValue: "empty_answer")
        /// The provider says no, in its answer.
        public static let rejected = Code(rawValue: "rejected")
        /// The key, the password or the user is wrong, or may not do this.
        public static let notAllowed = Code(rawValue: "not_allowed")
        public static let rateLimited = Code(rawValue: "rate_limited")
        /// The installation's own count of the provider's limit.
        public static let quotaSpent = Code(rawValue: "quota_spent")
        public static let addressRefused = Code(rawValue: "address_refused")
        public static let unreachable = Code(rawValue: "unreachable")
        public static let nameUnknown = Code(rawValue: "name_unknown")
        public static let connectionLost = Code(rawValue: "connection_lost")
        /// The host failed so often that it is left alone for a while.
        public static let hostPaused = Code(rawValue: "host_paused")
        public static let tooSlow = Code(rawValue: "too_slow")
        /// No proper answer of a web server.
        public static let notUnderstood = Code(rawValue: "not_understood")
        public static let timedOut = Code(rawValue: "timed_out")
        public static let tooLarge = Code(rawValue: "too_large")
        public static let insecure = Code(rawValue: "insecure")
        public static let notFound = Code(rawValue: "not_found")
        public static let tooManyRedirects = Code(rawValue: "too_many_redirects")
        public static let providerError = Code(rawValue: "provider_error")
        public static let settings = Code(rawValue: "settings")
        public static let storeFailed = Code(rawValue: "store_failed")
        public static let interrupted = Code(rawValue: "interrupted")
    }

    public var code: Code
    /// For somebody who runs a business and no servers: what happened, and what can be done.
    public var message: String
    /// How long to wait, where somebody said so.
    public var retryAfter: Duration?

    public init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        // What the other end has said may be part of it.
        self.message = CleanedText.line(message, limit: 2000)
        self.retryAfter = retryAfter
    }

    /// As the history keeps it.
    public var json: JSONValue {
        var value: JSONObject = ["code": .string(code.rawValue), "message": .string(message)]
        if let retryAfter { value["retry_after_seconds"] = .integer(max(1, retryAfter.milliseconds / 1000)) }
        return .object(value)
    }
}
