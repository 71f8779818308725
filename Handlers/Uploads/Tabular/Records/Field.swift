/// Where one field of a record lies, without its quotes.
struct Field {
    enum Form: UInt8 {
        /// As it stands.
        case plain
        /// Was enclosed in quotes.
        case quoted
        /// Was enclosed in quotes and holds doubled ones.
        case escaped
        /// Text follows the closing quote.
        case malformed
    }

    let start: UInt32
    let length: UInt32
    let form: Form
}

/// What follows from looking for the end of a record.
enum ScanOutcome {
    /// A whole record: how many fields it has, where the next begins, and how many lines it spans.
    case record(fields: Int, next: Int, lines: Int, ascii: Bool)
    /// The bytes end before the record does.
    case incomplete
    /// Nothing beyond this can be read.
    case fault(RecordFault)
}

/// Why a record cannot be read, and where.
struct RecordFault {
    enum Kind { case nul, unclosedQuote, longField }

    let kind: Kind
    /// Position of the offending byte; of the opening quote where it was never closed.
    let offset: Int
    /// Lines between the record's first and the offending byte.
    let lines: Int
    /// The field's number, from 1.
    let column: Int
}
