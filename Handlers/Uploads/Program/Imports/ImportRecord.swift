import HandlerKit
import Imports

/// A run of a file's rows into values, as its owner sees it.
struct ImportRecord: Codable, Sendable {
    /// What becomes of an import.
    enum Status: String, Codable, Sendable, CaseIterable {
        case pending, processing, completed, failed, cancelled, undone
    }

    let id: UUID
    /// Nil once the file is removed.
    @OrNull var fileID: UUID?
    let fileName: String
    let status: Status
    /// Whether it only looked, and stored no value.
    let dryRun: Bool
    let mapping: JSONValue
    /// Why it failed.
    @OrNull var error: JSONValue?
    /// Counts, sources and times; see ``ImportResult``.
    @OrNull var result: JSONValue?
    let userID: UUID
    let createdAt: Timestamp
    let updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id
        case fileID = "file_id"
        case fileName = "file_name"
        case status
        case dryRun = "dry_run"
        case mapping, error, result
        case userID = "user_id"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    /// Of the columns that ``ImportsSQL`` names.
    init(_ row: Row) throws {
        id = try row.uuid(0)
        fileID = try row.optionalUUID(1)
        fileName = try row.text(2)
        status = Status(rawValue: try row.text(3)) ?? .failed
        dryRun = try row.bool(4)
        mapping = try JSON.read(try row.json(5))
        error = try row.optionalJSON(6).map { try JSON.read($0) }
        result = try row.optionalJSON(7).map { try JSON.read($0) }
        userID = try row.uuid(8)
        createdAt = try row.timestamp(9)
        updatedAt = try row.timestamp(10)
    }
}

/// Some imports, the newest first.
struct ImportList: Codable, Sendable {
    let imports: [ImportRecord]
    /// What to pass as `after` for the next ones; null behind the last.
    @OrNull var next: UUID?
}

/// What an import did, or in a dry run would have done.
struct ImportResult: Codable, Sendable {
    /// Rows below the header.
    var rowsRead = 0
    /// Rows that could not be read; the first of them can be downloaded.
    var rowsRefused = 0
    /// Rows without any value.
    var rowsEmpty = 0
    /// Values in the file, those included that met at one time.
    var valuesRead = 0
    /// Values that were not there before.
    var valuesNew = 0
    /// Values in whose place others stood.
    var valuesReplaced = 0
    /// Values that were there already.
    var valuesUnchanged = 0
    /// How many KPIs they belong to, and how many of these are new.
    var sources = 0
    var sourcesNew = 0
    /// The first 100 of them.
    var sourceNames: [String] = []
    /// The columns of the table, as the file of refused rows has them.
    var columns: [String] = []
    /// The earliest time.
    var from: Timestamp?
    /// The latest.
    var to: Timestamp?

    enum CodingKeys: String, CodingKey {
        case sources, columns, from, to
        case rowsRead = "rows_read"
        case rowsRefused = "rows_refused"
        case rowsEmpty = "rows_empty"
        case valuesRead = "values_read"
        case valuesNew = "values_new"
        case valuesReplaced = "values_replaced"
        case valuesUnchanged = "values_unchanged"
        case sourcesNew = "sources_new"
        case sourceNames = "source_names"
    }

    /// What was read of the table.
    mutating func take(_ mapper: RowMapper) {
        rowsRead = mapper.rowsRead
        rowsRefused = mapper.refusals.count
        rowsEmpty = mapper.rowsEmpty
        valuesRead = mapper.valuesRead
        sources = mapper.series.series.count
        columns = mapper.columnNames
        sourceNames = mapper.series.series.prefix(100).map(\.name)
        from = mapper.times.map { Timestamp(microseconds: $0.lowerBound) }
        to = mapper.times.map { Timestamp(microseconds: $0.upperBound) }
    }
}
