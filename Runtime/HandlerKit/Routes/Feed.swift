public import Wire

/// A channel that clients listen to. The gateway keeps the listeners; the handler only reads pages, one ordinary invocation each.
public struct Feed: Sendable {
    let channel: String
    let scope: String
    let read: @Sendable (FeedRequest, Invocation) async throws -> FeedPage

    /// A channel for members whose role holds the scope. `read` gives the events behind a cursor, in order, oldest first.
    public init(_ channel: String, scope: String, read: @escaping @Sendable (FeedRequest, Invocation) async throws -> FeedPage) {
        self.channel = channel
        self.scope = scope
        self.read = read
    }
}

/// Which events of a feed are wanted.
public struct FeedRequest: Sendable, Hashable {
    /// The id of the event behind which to begin; nil: the oldest kept.
    public let from: String?
    /// The most events to return.
    public let limit: Int

    /// A request for at most `limit` events behind `from`.
    public init(from: String?, limit: Int) {
        self.from = from
        self.limit = limit
    }
}
