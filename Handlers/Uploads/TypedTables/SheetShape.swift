import Tabular

/// Where the rows of a sheet, or of JSON, stand in it. Made of the first rows; kept, so that a later reading finds the same rows.
public struct SheetShape: Sendable, Hashable, Codable {
    /// Rows above the header, or above the first row of data.
    public var skipRows = 0
    /// Rows that are the header: 0 where there is none, several where the upper ones name groups of columns or the lowest one gives units.
    public var headerRows = 0
    /// The names, those of several rows joined by a blank; nil where there is no header.
    public var header: [String]?
    /// The number of the first row of data, from 1.
    public var firstLine = 1
    /// The number of the last row before another table; nil where it goes on to the end of the sheet.
    public var lastLine: Int?
    /// How many columns the widest row has.
    public var columns = 0
    /// Why, for people.
    public var reason = ""

    enum CodingKeys: String, CodingKey {
        case header, columns, reason
        case skipRows = "skip_rows"
        case headerRows = "header_rows"
        case firstLine = "first_line"
        case lastLine = "last_line"
    }

    /// A table without a header.
    public init() {}

    /// JSON, whose reader knows the names.
    public init(names: [String]?, columns: Int) {
        header = names
        self.columns = max(columns, names?.count ?? 0)
    }

    /// A sheet by its first rows.
    public init(_ sample: SheetSample) {
        columns = sample.columns
        guard let structure = sample.structure else { return }
        (skipRows, headerRows, firstLine, reason) = (structure.skipRows, structure.headerRows, structure.firstLine, structure.reason)
        header = structure.header
    }

    /// Names for all columns: `column 3` where the header has none.
    public var names: [String] {
        (0..<max(columns, header?.count ?? 0)).map { index in
            let given = header.flatMap { index < $0.count ? $0[index] : nil } ?? ""
            return given.isEmpty ? "column \(index + 1)" : given
        }
    }
}
