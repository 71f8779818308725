import Kernel
import Postgres

/// What the database says of rows that somebody else wrote, in words for whoever sent them.
enum StoreFault {
    /// Throws `UNPROCESSABLE_FILE` with table and lines where the rows are at fault; everything else as it is.
    static func naming<R>(_ table: String, lines: ClosedRange<Int>?, _ work: () async throws -> R) async throws -> R {
        do {
            return try await work()
        } catch let error as PostgresError {
            guard let issue = error.sqlState.flatMap(issue) else { throw error }
            let place = lines.map { "\(table), lines \($0.lowerBound) to \($0.upperBound)" } ?? table
            throw AppError(
                .unprocessableFile, "The archive cannot be stored: \(place): \(issue)", issues: [.init(field: table, issue: issue)],
                detail: String(reflecting: error))
        }
    }

    /// PostgreSQL, appendix A.
    private static func issue(_ state: String) -> String? {
        switch state {
        case "22001": "a text is longer than its column allows"
        case "23502": "a value is missing that every row must have"
        case "23503": "a row refers to one that is not there"
        case "23505": "two rows have the same key"
        case "23514", "23P01": "a row breaks a rule of its table"
        case "42501": "a row may not be stored here"
        default: state.hasPrefix("22") ? "a value is not of its column's type" : nil
        }
    }
}
