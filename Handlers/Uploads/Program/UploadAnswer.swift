import HandlerKit
import Tabular

/// What became of a file.
struct UploadAnswer: Codable, Sendable {
    let businessID: UUID
    @OrNull var fileName: String?
    /// Rows below the header.
    let rowsRead: Int
    /// Rows of which a value was new or changed.
    let rowsStored: Int
    /// Rows that were there already, or hold no value.
    let rowsUnchanged: Int
    /// Rows that could not be read, or whose values a later row with the same time replaced.
    let rowsRefused: Int
    /// Values that were new or changed.
    let valuesStored: Int
    /// The first 100 refused rows.
    let refused: [RefusedRow]
    /// The columns with numbers, as sources of the business.
    let sources: [StoredSource]
    /// The columns that hold neither the row's date nor numbers.
    let ignoredColumns: [String]
    /// The earliest date.
    @OrNull var from: Timestamp?
    /// The latest.
    @OrNull var to: Timestamp?

    enum CodingKeys: String, CodingKey {
        case businessID = "business_id"
        case fileName = "file_name"
        case rowsRead = "rows_read"
        case rowsStored = "rows_stored"
        case rowsUnchanged = "rows_unchanged"
        case rowsRefused = "rows_refused"
        case valuesStored = "values_stored"
        case refused, sources
        case ignoredColumns = "ignored_columns"
        case from, to
    }

    init(business: UUID, fileName: String?, summary: TableSummary, layout: TableLayout, stored: StoredCount, sources: [StoredSource]) {
        businessID = business
        self.fileName = fileName
        rowsRead = summary.rowsRead
        rowsStored = stored.rows
        rowsUnchanged = max(summary.rowsRead - summary.rowsRefused - stored.rows, 0)
        rowsRefused = summary.rowsRefused
        valuesStored = stored.values
        refused = summary.refusals.map { RefusedRow(line: $0.line, reason: $0.reason) }
        self.sources = sources
        ignoredColumns = layout.ignored
        from = summary.from
        to = summary.to
    }
}

/// A row that was left out.
struct RefusedRow: Codable, Sendable {
    let line: Int
    let reason: String
}

/// A source that holds a column's values.
struct StoredSource: Codable, Sendable {
    let id: UUID
    let name: String
}

/// How much an upload changed.
struct StoredCount: Sendable {
    var values = 0
    var rows = 0
}
