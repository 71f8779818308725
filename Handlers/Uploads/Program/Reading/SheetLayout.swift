import Tabular
import TypedTables

/// Where the rows of a sheet, or of JSON, stand in it.
struct SheetLayout: Codable, Sendable {
    /// The names of the columns; nil where the table says none.
    var header: [String]?
    /// The row or record below the header, from 1.
    var firstLine: Int
    /// How many columns there are.
    var columns: Int

    enum CodingKeys: String, CodingKey {
        case header, columns
        case firstLine = "first_line"
    }

    /// Rows above the header, or above the first row where there is none.
    var skipped: Int { max(firstLine - 1 - (header == nil ? 0 : 1), 0) }

    /// Of JSON, whose reader knows the names.
    init(names: [String]?, columns: Int) {
        header = names
        firstLine = 1
        self.columns = max(columns, names?.count ?? 0)
    }

    /// Of a sheet, by its first rows: the header is the first row with texts alone that is about as wide as the rows below it. `columns` is the most that
    /// any row has.
    init(_ rows: [SampledRow], columns: Int) {
        self.columns = columns
        firstLine = rows.first { $0.filled > 0 }?.line ?? 1
        let widths = rows.map(\.filled).filter { $0 > 0 }.sorted()
        guard !widths.isEmpty else { return }
        let usual = widths[widths.count / 2]
        for row in rows where row.filled * 5 >= usual * 3 && row.filled >= min(usual, 2) {
            guard row.texts == row.filled, Set(row.fields.filter { !$0.isEmpty }).count == row.filled else {
                firstLine = row.line
                return
            }
            let header = row.fields + [String](repeating: "", count: max(columns - row.fields.count, 0))
            self.header = header
            firstLine = row.line + 1
            return
        }
    }
}

/// One of the first rows of a sheet.
struct SampledRow: Sendable {
    let line: Int
    let fields: [String]
    /// Fields that are not empty, and those of them that are texts.
    let filled: Int
    let texts: Int

    init(_ batch: TypedBatch, _ record: Int) {
        line = batch.records.lines[record]
        let range = batch.records.fields(of: record)
        fields = range.map { batch.records.text($0) ?? "" }
        filled = fields.count { !$0.isEmpty }
        texts = range.count { batch.kinds[$0] == .text && !(batch.records.text($0) ?? "").isEmpty }
    }
}

/// Gives the rows of a table as records: those from its first line on that hold anything, with the numbers that they have among themselves.
struct SheetRows: Sendable {
    private let firstLine: Int
    private var count = 0

    init(_ layout: SheetLayout) { firstLine = layout.firstLine }

    mutating func rows(_ batch: TypedBatch) -> RecordBatch {
        var rows = RecordBatch(firstRecord: count)
        for record in 0..<batch.records.count where batch.records.lines[record] >= firstLine {
            let fields = batch.records.fields(of: record)
            guard fields.contains(where: { batch.kinds[$0] != .empty }) else { continue }
            for field in fields {
                if batch.kinds[field] == .empty { rows.appendNull() } else { batch.records.withField(field) { rows.append($0) } }
            }
            rows.endRecord(line: batch.records.lines[record])
        }
        count += rows.count
        return rows
    }
}
