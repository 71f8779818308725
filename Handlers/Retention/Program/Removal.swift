import HandlerKit

/// Rows are removed in pieces, so that nobody waits long for a lock and what was done stays done.
enum Removal {
    /// Rows of one transaction.
    static let piece: Int64 = 20_000

    /// Takes steps until one finds nothing; how many rows there were.
    static func all(_ step: () async throws -> Rows) async throws -> Int64 {
        var removed: Int64 = 0
        while let count = try await step().first?.int64(0), count > 0 {
            removed += count
            try Task.checkCancellation()
        }
        return removed
    }
}
