public import Kernel

/// What is wanted of a provider elsewhere, and how hard it is tried.
public struct Fetch: Sendable {
    /// What is sent. Five redirects are followed, packed bodies are asked for and unpacked, and the answer must keep the usual ``AnswerPace``, unless
    /// the request says otherwise; its body is limited by ``HTTPRequest/limit``.
    public var request: HTTPRequest
    /// Whose quota each try is taken from, for example `open_meteo`; nil: nobody counts.
    public var provider: String?
    /// All of them must have room.
    public var quotas: [ProviderQuota] = []
    /// Who may be given this answer again; by default nobody.
    public var cache: Cache = .never
    /// For how long an answer of 2xx is given again without asking, whatever its own headers say; nil: they say it (RFC 9111).
    public var lifetime: Duration?
    /// Whose failures count together where a host is left alone, for example a tenant's id: what one of them makes fail is not left alone for the
    /// others. Nil: everybody's, for addresses that no user names.
    public var circle: String?
    /// How often it is sent at most. Defaults to 3; a method that is not idempotent (RFC 9110 section 9.2.2) is sent once, unless the answer says
    /// that nothing was done (429, 503).
    public var tries = 3
    /// For all tries and the waits between them. Defaults to one minute; each try has its own ``HTTPRequest/timeout`` inside it.
    public var patience: Duration = .seconds(60)
    /// The longest wait between two tries. A provider that asks for more (`Retry-After`) is not asked again; the fault says when it may be.
    /// Defaults to 15 seconds.
    public var longestWait: Duration = .seconds(15)

    /// Who may be given an answer again.
    public enum Cache: Sendable, Hashable {
        case never
        /// Everybody who fetches the same URL: for public answers alone. A request with `authorization`, `cookie` or a signature is never kept so.
        case everybody
        /// Those who fetch within the same partition, for example a tenant's id.
        case within(String)
    }

    /// A fetch with the defaults.
    public init(_ request: HTTPRequest, provider: String? = nil, cache: Cache = .never, lifetime: Duration? = nil) {
        self.request = request
        if request.redirects == 0 { self.request.redirects = 5 }
        if request.pace == nil { self.request.pace = AnswerPace() }
        self.request.isUnpacking = true
        self.provider = provider
        self.cache = cache
        self.lifetime = lifetime
    }
}

/// An answer of status 2xx, from the provider or kept.
public struct Fetched: Sendable {
    public var answer: HTTPAnswer
    /// Where it comes from.
    public enum Origin: String, Sendable, Codable {
        /// The provider, now.
        case network
        /// Kept, and the provider says now that it still holds (304).
        case revalidated
        /// Kept, and its lifetime is not over; nobody was asked.
        case cache
    }
    public var origin: Origin
    /// When the provider said it, or last said that it holds.
    public var at: Timestamp
    /// How often it was asked for this time; 0 where nobody was asked.
    public var tries: Int
}
