/// The bytes of a request, as they arrive. Can be read once.
///
/// Reading slowly slows the sender: at most 256 KiB wait here.
public struct RequestBody: Sendable, AsyncSequence {
    /// A piece of any length but none.
    public typealias Element = [UInt8]
    let exchange: Exchange

    /// The length of the whole body, in bytes.
    public var length: Int { Int(clamping: exchange.machine.bodyLength) }

    /// All of it. Throws ``AppError`` of code `PAYLOAD_TOO_LARGE` beyond the limit, in bytes.
    public func collect(limit: Int) async throws -> [UInt8] { try await exchange.collectBody(limit: limit) }

    /// Reads from where the body stands.
    public func makeAsyncIterator() -> Iterator { Iterator(exchange: exchange) }

    /// Takes piece after piece.
    public struct Iterator: AsyncIteratorProtocol {
        let exchange: Exchange

        /// The next piece, never empty; nil at the end. Throws `CancellationError` when nobody waits for the answer any more.
        public mutating func next() async throws -> [UInt8]? { try await exchange.nextPiece() }
    }
}
