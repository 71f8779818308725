public import TypedTables

/// What a reader of workbooks asks for, or gives, next.
public enum WorkbookStep: Sendable {
    /// Supply these bytes of the file.
    case read(Range<Int>)
    /// A sheet begins.
    case sheet(SheetInfo)
    /// Records of the sheet; a record is a row, those without values in between included.
    case records(TypedBatch)
    /// The sheet ends.
    case sheetEnd(SheetSummary)
    /// All is read.
    case end
}

/// What is known of a sheet behind its end.
public struct SheetSummary: Sendable, Hashable {
    /// The last row with a value; 0 where there is none.
    public let rows: Int
    /// Where cells are merged, `A1:B2`, the first 1,000; the value stands in the first cell, the others are empty.
    public let merges: [String]
    /// What was decided, or could not be kept.
    public let warnings: [TableWarning]
}
