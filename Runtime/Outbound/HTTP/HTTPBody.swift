/// The body of an answer, in parts as they come. Read by one task.
public final class HTTPBody: AsyncSequence, Sendable {
    private let channel: BodyChannel
    private let transfer: Transfer
    private let loop: TransferLoop

    init(_ channel: BodyChannel, _ transfer: Transfer, _ loop: TransferLoop) {
        self.channel = channel
        self.transfer = transfer
        self.loop = loop
    }

    /// The next part, never empty; nil at the end. Throws ``OutboundError`` where the body breaks off.
    public func next() async throws -> [UInt8]? {
        try await channel.next { loop.resume(transfer) }
    }

    /// Ends the transfer, if it has not ended.
    func stop() { loop.cancel(transfer) }

    public func makeAsyncIterator() -> Iterator { Iterator(body: self) }

    public struct Iterator: AsyncIteratorProtocol {
        let body: HTTPBody
        public mutating func next() async throws -> [UInt8]? { try await body.next() }
    }
}
