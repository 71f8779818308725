import HandlerKit
import Imports
import Tabular
import TypedTables

/// What was found in a file, as its row keeps it.
///
/// `{"kind", "file_name", "summary": {"tables": [{"name", "rows", "columns"}], "warnings"}, "tables": [each by ``TableReport``]}`
struct FileReport: Sendable {
    let json: JSONValue

    /// Of tables that were just read.
    init(kind: String, fileName: String, tables: [TableReport]) throws(AppError) {
        var all: [JSONValue] = []
        for table in tables { all.append(try Self.stored(table)) }
        json = [
            "kind": .string(kind), "file_name": .string(fileName),
            "summary": [
                "tables": .array(
                    tables.map { table in
                        [
                            "name": table.name.map { .string($0) } ?? .null, "rows": .integer(Int64(table.profile.rows)),
                            "columns": .integer(Int64(table.profile.columns.count)),
                        ]
                    }),
                "warnings": .integer(Int64(tables.reduce(0) { $0 + $1.warningCount + $1.profile.warnings.count })),
            ],
            "tables": .array(all),
        ]
    }

    private init(_ json: JSONValue) { self.json = json }

    /// Of a row of ``FilesSQL/content``; nil where the file was not read to its end.
    static func of(_ row: Row, _ offload: Offloading) async throws -> FileReport? {
        guard try row.text(3) == "completed", let stored = try row.optionalJSON(4).map({ Array($0) }) else { return nil }
        return try await offload { FileReport(try reader.read(stored)) }
    }

    /// As long as a report may be.
    private static let reader = JSONReader(maximumBytes: 64 << 20, allowsNUL: true)
    /// Above so many bytes the histograms and the most frequent values of a table are left out.
    private static let generous = 12 << 20

    private static func stored(_ table: TableReport) throws(AppError) -> JSONValue {
        let bytes = try JSON.encode(table)
        guard bytes.count > generous else { return try reader.read(bytes) }
        var short = table
        for index in short.profile.columns.indices {
            short.profile.columns[index].histogram = nil
            short.profile.columns[index].topValues = []
        }
        return try reader.read(try JSON.encode(short))
    }

    /// The report as `jsonb` holds it, which knows no NUL.
    var text: [UInt8] { Array(json.description.replacing("\\u0000", with: "\\ufffd").utf8) }

    /// What the file is.
    var kind: String { json["kind"]?.string ?? "csv" }

    /// What it was called when it was read; it tells JSON from other texts.
    var fileName: String { json["file_name"]?.string ?? "" }

    /// The table of that name, or the first one. Throws `NOT_FOUND` where there is none.
    func table(_ name: String?) throws(AppError) -> TableReport {
        let tables = json["tables"]?.array ?? []
        guard let found = tables.first(where: { name == nil || $0["name"]?.string == name }) else {
            let known = tables.compactMap { $0["name"]?.string }.prefix(20).joined(separator: "`, `")
            throw AppError(.notFound, known.isEmpty ? "The file has no such table" : "The file has no such table; it has `\(known)`")
        }
        return try JSON.decode(TableReport.self, from: found)
    }

    /// The columns of a table as an import reads them.
    func columns(of table: String?) throws(AppError) -> [ImportColumn] {
        try self.table(table).profile.columns.map { ImportColumn(name: $0.name, type: $0.type) }
    }

    /// The mapping that suits a table's first look, for one business. Throws `UNPROCESSABLE_FILE` where none of them has a time and a value.
    func suggestion(for business: UUID?) throws(AppError) -> ImportMapping {
        for stored in json["tables"]?.array ?? [] {
            let table = try JSON.decode(TableReport.self, from: stored)
            if let mapping = table.mapping { return ImportMapping(mapping, table: table.name, business: business) }
        }
        throw AppError(
            .unprocessableFile, "No table of the file has a column of dates and one of numbers",
            issues: [.init(field: "mapping", issue: "expected, since none can be suggested")])
    }

    /// Statistics of one table.
    func statistics(of name: String?) throws(AppError) -> JSONValue {
        let table = try table(name)
        return [
            "table": table.name.map { .string($0) } ?? .null, "rows": .integer(Int64(table.profile.rows)),
            "column_count": .integer(Int64(table.profile.columns.count)), "null_share": .number(table.profile.nullShare),
            "total_rows": try JSON.read(try JSON.encode(table.profile.totalRows)),
            "columns": try Self.reader.read(try JSON.encode(table.profile.columns)),
            "warnings": try JSON.read(try JSON.encode(table.profile.warnings)), "mapping": try table.mapping.map(Self.json) ?? .null,
        ]
    }

    private static func json(_ mapping: MappingSuggestion) throws(AppError) -> JSONValue { try JSON.read(try JSON.encode(mapping)) }
}

/// What was found in one table.
struct TableReport: Codable, Sendable {
    /// The sheet's, of its second table `Sales #2`; nil where the file is no workbook.
    var name: String?
    /// Which of the file's sheets it stands in, from 0.
    var place: Int
    /// The header as it stands there; nil where there is none.
    var header: [String]?
    /// How delimited text is read; nil for all else.
    var shape: TableShape?
    /// Where the rows of a sheet or of JSON stand; nil for delimited text.
    var sheet: SheetShape?
    var isHidden: Bool
    /// What an inspection tells of how it is written.
    var detected: JSONValue
    var profile: TableProfile
    /// The first things to know about rows.
    var warnings: [Warning]
    var warningCount: Int
    var mapping: MappingSuggestion?
    /// Where reading of a large delimited text may begin anew; nil for all else.
    var places: RowPlaces?

    struct Warning: Codable, Sendable {
        /// The line in the file, or the row of the sheet; nil where it is about the whole.
        let row: Int?
        let kind: String
        let message: String
    }

    enum CodingKeys: String, CodingKey {
        case name, place, header, shape, sheet, detected, profile, warnings, mapping, places
        case isHidden = "hidden"
        case warningCount = "warning_count"
    }
}

extension ImportMapping {
    /// What was guessed, for one business. The column that names businesses becomes a dimension, so that nothing of it is lost.
    fileprivate init(_ guess: MappingSuggestion, table: String?, business: UUID?) {
        self.init(layout: guess.layout == .long ? .long : .wide, timeColumn: guess.timeColumn)
        self.table = table
        businessID = business
        metrics = guess.metrics?.map { metric in
            let own = metric.aggregation == guess.aggregation ? nil : Aggregation(rawValue: metric.aggregation.rawValue)
            return Metric(column: metric.column, unit: metric.unit, aggregation: own)
        }
        metricColumn = guess.metricColumn
        valueColumn = guess.valueColumn
        let dividing = (guess.businessColumn.map { [$0] } ?? []) + guess.dimensions
        dimensions = dividing.isEmpty ? nil : Array(dividing.prefix(Self.mostDimensions))
        aggregation = Aggregation(rawValue: guess.aggregation.rawValue)
    }
}
