/// A listener that the gateway keeps: it holds no slot of the handler and has no deadline.
public struct Subscription: Sendable, Hashable {
    /// A feed that the handler's description names.
    public var channel: String
    /// The cursor behind which events are wanted; nil: from the oldest kept.
    public var from: String?
    /// What the invocation used; HandlerKit fills it in.
    public var receipt: Receipt

    public init(channel: String, from: String?, receipt: Receipt = .none) {
        self.channel = channel
        self.from = from
        self.receipt = receipt
    }

    init(from reader: inout ByteReader) throws(WireError) {
        channel = try reader.text()
        from = try reader.flag() ? try reader.text() : nil
        receipt = try Receipt(from: &reader)
    }

    func write(to writer: inout ByteWriter) {
        writer.put(channel)
        writer.put(from != nil)
        if let from { writer.put(from) }
        receipt.write(to: &writer)
    }
}

/// Events of a channel in their order.
public struct FeedPage: Sendable, Hashable {
    /// One event; its id is the cursor behind it.
    public struct Event: Sendable, Hashable {
        public var id: String
        /// JSON without line ends.
        public var data: [UInt8]

        public init(id: String, data: [UInt8]) {
            self.id = id
            self.data = data
        }
    }

    public var events: [Event]
    /// Whether more can be read at once behind the last of these.
    public var hasMore: Bool
    /// What the invocation used; HandlerKit fills it in.
    public var receipt: Receipt

    public init(events: [Event], hasMore: Bool, receipt: Receipt = .none) {
        self.events = events
        self.hasMore = hasMore
        self.receipt = receipt
    }

    init(from reader: inout ByteReader) throws(WireError) {
        events = try reader.items { reader throws(WireError) in Event(id: try reader.text(), data: try reader.blob()) }
        hasMore = try reader.flag()
        receipt = try Receipt(from: &reader)
    }

    func write(to writer: inout ByteWriter) {
        writer.put(events) { writer, event in
            writer.put(event.id)
            writer.put(event.data)
        }
        writer.put(hasMore)
        receipt.write(to: &writer)
    }
}
