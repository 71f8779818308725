public import TypedTables

/// What a file turned out to be.
public struct OpenedFile: Sendable, Hashable {
    /// What the tables stand in.
    public enum Form: String, Sendable, Hashable {
        /// Text; the reader of delimited tables goes on with it.
        case text
        case json
        /// A workbook, of whichever kind.
        case workbook
    }

    /// What the tables stand in.
    public let form: Form
    /// What the file is packed in: `gzip`, `zip`; nil where it is not.
    public let container: String?
    /// The name of the file within an archive.
    public let member: String?
}

/// A table begins.
public struct TableStart: Sendable, Hashable {
    /// The sheet's name; nil where the file is one table.
    public let name: String?
    /// Whether the sheet is hidden.
    public let isHidden: Bool
}

/// A table ends.
public struct TableEnd: Sendable, Hashable {
    /// Records, or the number of the last row with a value.
    public let records: Int
    /// The names of the columns, where the file says them: those of JSON objects.
    public let header: [String]?
    /// Where cells are merged, `A1:B2`.
    public let merges: [String]
    /// What was decided, or could not be kept.
    public let warnings: [TableWarning]
}

/// What a reader of files asks for, or gives, next.
public enum TableFileStep: Sendable {
    /// Supply these bytes of the file.
    case read(Range<Int>)
    /// It is known what the file is.
    case opened(OpenedFile)
    /// The next bytes of a text, unpacked.
    case text([UInt8])
    /// A table begins.
    case table(TableStart)
    /// Records of the table.
    case records(TypedBatch)
    /// The table ends.
    case tableEnd(TableEnd)
    /// All is read.
    case end
}
