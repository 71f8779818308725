/// Something about a record that a person should know.
public struct RowWarning: Sendable, Hashable, Codable {
    /// What happened; the words that answers use.
    public enum Kind: String, Sendable, Hashable, Codable {
        case encoding, short, long, quote, comment, footnote
        case anotherTable = "another_table"
        case repeatedHeader = "repeated_header"
        case total, empty
    }

    /// The line in the file where it begins, from 1.
    public let row: Int
    public let kind: Kind
    /// What was found and what was made of it.
    public let message: String

    /// A warning by its line.
    public init(row: Int, kind: Kind, message: String) {
        self.row = row
        self.kind = kind
        self.message = message
    }
}

/// What has been read so far, beside the records.
public struct ReadSummary: Sendable, Hashable {
    /// Records of data, a total row among them.
    public internal(set) var records = 0
    /// The first hundred things to know.
    public internal(set) var warnings: [RowWarning] = []
    /// How many there are.
    public internal(set) var warningCount = 0
    /// The number of the record that sums up the others, from 0; known at the end, nil where there is none.
    public internal(set) var totalRecord: Int?
    /// How many tables were found; one of them is read.
    public internal(set) var tables = 1
    /// Where they begin, as far as they were looked at: the first hundred.
    public internal(set) var starts: [TablePlace] = []
    /// Records whose quotes were put right.
    public internal(set) var repaired = 0
    /// Bytes that stood for no character.
    public internal(set) var undecodable = 0

    private static let named = 100

    mutating func warn(_ row: Int, _ kind: RowWarning.Kind, _ message: @autoclosure () -> String) {
        warningCount += 1
        if warnings.count < Self.named { warnings.append(RowWarning(row: row, kind: kind, message: message())) }
    }
}

/// A table among several in one file.
public struct TablePlace: Sendable, Hashable, Codable {
    /// Its number in the file, from 1, by which an override chooses it.
    public let table: Int
    /// The line of its header, or of its first record, from 1.
    public let row: Int
    /// How many columns most records have.
    public let columns: Int
    /// Nil where it has none.
    public let header: [String]?
}
