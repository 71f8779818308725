import Wire

/// The bytes of an object, or a range of them, as they come. Read once, by one task at a time.
///
/// Each piece was checked before it came. Let go of before the end with ``close()``, so that the gateway reads on no further; at the latest the
/// invocation's end does it.
public struct ObjectReader: Sendable, AsyncSequence {
    /// A piece of any length but none.
    public typealias Element = [UInt8]
    /// The whole object, also where a range is read.
    public let info: ObjectInfo
    private let exchange: Exchange
    private let operation: ObjectOperation

    static func open(_ name: String, _ range: Range<Int>, _ exchange: Exchange) async throws -> ObjectReader {
        guard exchange.isOnLoop else {
            return try await withTaskExecutorPreference(exchange.meter) { try await open(name, range, exchange) }
        }
        guard range.lowerBound >= 0 else { throw AppError(.internalError, detail: "an object is read from \(range.lowerBound)") }
        let operation = try exchange.begin(.get(name: name, from: UInt64(range.lowerBound), count: UInt64(range.count)))
        do {
            let info = try ObjectInfo(try await exchange.result(of: operation))
            return ObjectReader(info: info, exchange: exchange, operation: operation)
        } catch {
            exchange.end(operation)
            throw error
        }
    }

    /// Reads no further.
    public func close() async {
        guard exchange.isOnLoop else {
            return await withTaskExecutorPreference(exchange.meter) { await close() }
        }
        exchange.end(operation)
    }

    /// Reads from where the object stands.
    public func makeAsyncIterator() -> Iterator { Iterator(exchange: exchange, operation: operation) }

    /// Takes piece after piece.
    public struct Iterator: AsyncIteratorProtocol {
        let exchange: Exchange
        let operation: ObjectOperation

        /// The next piece, never empty; nil at the end.
        public mutating func next() async throws -> [UInt8]? { try await exchange.read(operation) }
    }
}
