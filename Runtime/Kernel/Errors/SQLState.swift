extension ErrorCode {
    /// What a caller is told for a failure that the database reports (PostgreSQL, appendix A, "PostgreSQL Error Codes").
    ///
    /// Constraint names, values and hints never decide and never leave: only the five characters do.
    public init(sqlState: String) {
        switch sqlState {
        case "23505": self = .conflict  // unique_violation
        case "23503": self = .conflict  // foreign_key_violation
        case "23502", "23514", "22001", "22003", "22007", "22008", "22P02", "22P05", "22021": self = .validation
        case "42501": self = .forbidden  // insufficient_privilege
        case "25006": self = .internalError  // a read route tried to write
        case "40001", "40P01", "55P03": self = .conflict  // serialization, deadlock, lock timeout
        case "57014": self = .deadlineExceeded  // query_canceled
        case "57P01", "57P02", "57P03", "53300", "53400": self = .unavailable
        case UsedQuota.sqlState: self = .quotaExceeded
        case "TJ001": self = .conflict  // the job is another attempt's by now
        case "28000": self = .unavailable  // the context was refused: it expired or was never valid
        default:
            switch sqlState.prefix(2) {
            case "08", "53": self = .unavailable
            case "54": self = .validation
            default: self = .internalError
            }
        }
    }
}
