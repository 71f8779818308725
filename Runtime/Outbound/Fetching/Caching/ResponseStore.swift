public import Kernel

/// Where answers are kept between fetches: in memory, or in a database.
///
/// What is lost is fetched again, so a store may forget anything at any time, and a store that fails is passed over.
public protocol ResponseStore: Sendable {
    /// What was kept under a key; nil: nothing.
    func response(for key: CacheKey) async throws -> StoredResponse?
    /// Keeps a response in place of what was there.
    func keep(_ response: StoredResponse, for key: CacheKey) async throws
}

/// What one kept answer answers.
public struct CacheKey: Sendable, Hashable {
    /// Who may be given it: empty for everybody, else for example a tenant's id.
    public let partition: String
    /// The URL, without a fragment.
    public let url: String
    /// The request's headers that choose between answers (`accept`, `accept-language`), one a line.
    public let variant: String

    public init(partition: String, url: String, variant: String) {
        self.partition = partition
        self.url = url
        self.variant = variant
    }
}

/// An answer as it is kept.
public struct StoredResponse: Sendable, Equatable {
    public var status: Int
    /// Those that are needed again: `content-type`, `etag`, `last-modified` and what else the answer had; names in lower case.
    public var headers: [Header]
    public var body: [UInt8]
    /// Whom it came from, behind redirects.
    public var url: String
    /// When it came, or was last found to hold.
    public var storedAt: Timestamp
    /// Until when nobody need be asked.
    public var freshUntil: Timestamp

    public struct Header: Sendable, Hashable, Codable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(status: Int, headers: [Header], body: [UInt8], url: String, storedAt: Timestamp, freshUntil: Timestamp) {
        self.status = status
        self.headers = headers
        self.body = body
        self.url = url
        self.storedAt = storedAt
        self.freshUntil = freshUntil
    }

    /// The first header of that name, in lower case.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
