public import Postgres

/// Rows of a result that is too long to keep, in their order. Can be read once.
public struct RowStream: Sendable, AsyncSequence {
    public typealias Element = Row

    public func makeAsyncIterator() -> Iterator { fatalError() }

    /// Takes row after row.
    public struct Iterator: AsyncIteratorProtocol {
        public mutating func next() async throws -> Row? { fatalError() }
    }
}
