/// Where a streamed answer is written, by one task at a time.
public struct ResponseWriter: Sendable {
    let exchange: Exchange
    let response: Response

    /// Writes some bytes and returns when they are on their way; waits while the client reads too slowly.
    ///
    /// Throws `CancellationError` when nobody waits for the answer any more.
    public func write(_ bytes: [UInt8]) async throws { try await exchange.write(bytes, before: response) }

    /// Writes a text in UTF-8.
    public func write(_ text: String) async throws { try await write(Array(text.utf8)) }
}
