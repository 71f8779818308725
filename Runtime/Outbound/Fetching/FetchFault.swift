/// Why nothing was fetched, for a log, for a machine, and for a business user.
public struct FetchFault: Error, Sendable, Equatable {
    /// What went wrong. Its text is stable: it stands in histories of runs.
    public enum Kind: String, Sendable, CaseIterable, Codable {
        /// The address guard or the rules for URLs said no; nothing was sent.
        case addressRefused = "address_refused"
        /// No such name, or its name server does not answer.
        case nameUnknown = "name_unknown"
        /// Nobody takes the connection.
        case unreachable
        /// The connection broke before the answer was whole.
        case connectionLost = "connection_lost"
        /// No whole answer within the time for it.
        case timedOut = "timed_out"
        /// The answer came, but too slowly to wait for its end.
        case tooSlow = "too_slow"
        /// More than the most bytes, packed or unpacked.
        case tooLarge = "too_large"
        /// The certificate, or TLS itself.
        case insecure
        /// What came back is no HTTP, or cannot be unpacked.
        case notUnderstood = "not_understood"
        case tooManyRedirects = "too_many_redirects"
        /// 401, 403, 407: the key or password is missing, wrong, or may not do this.
        case notAllowed = "not_allowed"
        /// 404, 410.
        case notFound = "not_found"
        /// 429: asked too often.
        case rateLimited = "rate_limited"
        /// Any other status below 500 that is no answer.
        case rejected
        /// 5xx.
        case providerError = "provider_error"
        /// Our own count says that the provider's limit is used up; nothing was sent.
        case quotaSpent = "quota_spent"
        /// The host failed so often that it is left alone for a while; nothing was sent.
        case hostPaused = "host_paused"
        case cancelled
    }

    public var kind: Kind
    /// Whom it was about.
    public var host: String
    /// The answer's status, where there was one.
    public var status: Int?
    /// How long to leave it alone, where somebody said so.
    public var retryAfter: Duration?
    /// How often it was sent.
    public var tries = 0
    /// For the log: what the layers below said. Never for a user.
    public var detail = ""

    /// A fault of that kind.
    public init(_ kind: Kind, host: String, status: Int? = nil, retryAfter: Duration? = nil, tries: Int = 0, detail: String = "") {
        self.kind = kind
        self.host = host
        self.status = status
        self.retryAfter = retryAfter
        self.tries = tries
        self.detail = detail
    }

    /// Whether the same fetch may succeed later without anybody changing anything here.
    public var isTemporary: Bool {
        switch kind {
        case .nameUnknown, .unreachable, .connectionLost, .timedOut, .tooSlow, .rateLimited, .providerError, .quotaSpent, .hostPaused, .cancelled:
            true
        case .addressRefused, .tooLarge, .insecure, .notUnderstood, .tooManyRedirects, .notAllowed, .notFound, .rejected: false
        }
    }
}

extension FetchFault: CustomStringConvertible {
    public var description: String {
        "\(kind.rawValue) \(host)\(status.map { " \($0)" } ?? "") after \(tries) tries\(detail.isEmpty ? "" : ": \(detail)")"
    }
}
