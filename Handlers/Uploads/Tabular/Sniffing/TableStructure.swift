/// Where the header and the data of a table stand whose cells say themselves what they are, as those of a sheet do. The rules are the ones for
/// delimited text.
public struct TableStructure: Sendable {
    /// What a cell is, as far as telling names from values needs it.
    public enum Kind: Sendable, Hashable {
        case empty, number, date, time, text
    }

    /// A row that is not empty.
    public struct Row: Sendable {
        let row: SampleRow

        /// - Parameters:
        ///   - line: its number in the sheet, from 1.
        ///   - cells: what it holds; those that are missing at its end are empty.
        ///   - columns: how many columns the table has.
        public init(line: Int, cells: [(kind: Kind, text: String)], columns: Int) {
            var texts = cells.prefix(columns).map { Array($0.text.utf8) }
            var kinds = cells.prefix(columns).map { CellKind($0.kind) }
            texts += [[UInt8]](repeating: [], count: max(0, columns - texts.count))
            kinds += [CellKind](repeating: .empty, count: max(0, columns - kinds.count))
            row = SampleRow(line: line, cells: texts, kinds: kinds)
        }
    }

    /// The number of the first row of data.
    public let firstLine: Int
    /// Rows above the header, or above the data where there is none.
    public let skipRows: Int
    /// Rows that are the header; 0 where there is none.
    public let headerRows: Int
    /// The names, those of several rows joined by a blank, where a name of the upper rows holds for the columns to its right too; nil without a header.
    public let header: [String]?
    /// Why, for people.
    public let reason: String

    /// - Parameter rows: the first rows that hold something, each as wide as the table.
    public init(_ rows: [Row]) {
        let rows = rows.map(\.row)
        let guess = StructureGuess(rows, skip: nil, headerRows: nil, hasSeveral: false)
        skipRows = guess.skip
        headerRows = guess.headerRows
        reason = guess.reason
        let names = rows.drop { $0.line <= guess.skip }.prefix(guess.headerRows)
        header = guess.headerRows == 0 ? nil : Self.spread(Array(names))
        firstLine = (names.last?.line ?? guess.skip) + 1
    }

    /// A cell of the upper rows that is empty above a name has the name of its left neighbour: those cells are merged.
    private static func spread(_ rows: [SampleRow]) -> [String] {
        let texts = rows.map { $0.cells.map { String(decoding: $0, as: UTF8.self) } }
        var columns = [[String]](repeating: [], count: rows.first?.width ?? 0)
        for (index, row) in texts.enumerated() {
            var last = ""
            for column in columns.indices {
                if !row[column].isEmpty { last = row[column] }
                let isMerged = row[column].isEmpty && index + 1 < texts.count && !texts[index + 1][column].isEmpty
                let name = isMerged ? last : row[column]
                if !name.isEmpty { columns[column].append(name) }
            }
        }
        return columns.map { $0.joined(separator: " ") }
    }
}

extension CellKind {
    init(_ kind: TableStructure.Kind) {
        self =
            switch kind {
            case .empty: .empty
            case .number: .number
            case .date: .date
            case .time: .time
            case .text: .text
            }
    }
}
