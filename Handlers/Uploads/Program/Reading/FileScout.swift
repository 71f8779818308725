import HandlerKit
import TableFiles
import Tabular
import TypedTables

/// Reads a file once from end to end: what each of its tables holds.
struct FileScout: FileSink, ~Copyable {
    /// A table of a workbook, or of JSON.
    struct Found: Sendable {
        /// Which of the file's sheets it stands in, from 0, and which table of that sheet it is, from 1.
        let sheet: Int
        let number: Int
        let name: String?
        let isHidden: Bool
        var shape: SheetShape
        var profile: TableProfile
        var warnings: [TableWarning] = []
    }

    private(set) var file: OpenedFile?
    private(set) var tables: [Found] = []
    private var reader: DelimitedReader
    private var profiler: TableProfiler?
    private var places = RowPlaces()
    private var sheets = 0
    private var start: TableStart?
    /// The rows of the sheet at hand, and its first table among ``tables``.
    private var rows = SheetTables(isSheet: false)
    private var shape = SheetShape()
    private var firstOfSheet = 0
    /// Those of all tables so far.
    private var columns = 0

    /// The most sheets of a file; above so many tables those of one sheet are not told apart.
    static let mostSheets = 1000
    /// The most columns that all tables of a workbook have together.
    static let mostColumns = 20_000

    init(_ overrides: ShapeOverrides) { reader = DelimitedReader(overrides: overrides) }

    mutating func opened(_ file: OpenedFile) { self.file = file }

    mutating func text(_ bytes: [UInt8]) throws(AppError) {
        try reader.feed(bytes)
        drain()
    }

    mutating func endText() throws(AppError) {
        try reader.finish()
        drain()
    }

    private mutating func drain() {
        while let batch = reader.next() {
            if profiler == nil { profiler = (reader.shape ?? TableShape()).profiler }
            profiler?.add(batch)
            places.note(batch, mark: reader.shape?.mark ?? 0)
        }
    }

    mutating func begin(_ table: TableStart) {
        sheets += 1
        start = table
        rows = SheetTables(isSheet: file?.form != .json, mostTables: Self.mostSheets - tables.count)
        firstOfSheet = tables.count
    }

    mutating func take(_ batch: TypedBatch) throws(AppError) {
        guard sheets <= Self.mostSheets else { throw AppError(.unprocessableFile, "The file has more than \(Self.mostSheets) sheets") }
        rows.add(batch)
        try drain(header: nil)
    }

    mutating func end(_ table: TableEnd) throws(AppError) {
        rows.finish()
        try drain(header: table.header)
        if firstOfSheet < tables.count { tables[firstOfSheet].warnings = table.warnings }
    }

    /// `header`: the names of JSON's columns, which are known only at its end.
    private mutating func drain(header: [String]?) throws(AppError) {
        while let step = rows.next() {
            switch step {
            case .begin(let found):
                shape = found
                profiler = TableProfiler(names: ColumnNames.all(found.header, count: found.columns))
            case .rows(let batch):
                let width = (0..<batch.count).reduce(0) { max($0, batch.fields(of: $1).count) }
                if width > profiler?.names.count ?? 0 { profiler?.rename(ColumnNames.all(shape.header, count: width)) }
                profiler?.add(batch)
            case .end(let found): try keep(file?.form == .json ? SheetShape(names: header, columns: found.columns) : found)
            }
        }
    }

    private mutating func keep(_ shape: SheetShape) throws(AppError) {
        guard var ended = profiler else { return }
        profiler = nil
        columns += shape.columns
        guard columns <= Self.mostColumns || tables.isEmpty else {
            throw AppError(
                .unprocessableFile,
                "The tables of the file have more than \(Self.mostColumns) columns together; expected fewer, or a file for each table")
        }
        ended.rename(ColumnNames.all(shape.header, count: max(shape.columns, ended.names.count)))
        tables.append(
            Found(
                sheet: sheets - 1, number: tables.count - firstOfSheet + 1, name: start?.name, isHidden: start?.isHidden ?? false, shape: shape,
                profile: ended.finish()))
    }

    /// The report of a delimited text.
    mutating func textReport() -> TableReport {
        let shape = reader.shape ?? TableShape()
        let summary = reader.summary
        let profile = (profiler ?? shape.profiler).finish(total: summary.totalRecord)
        return TableReport(
            name: nil, place: 0, header: shape.header, shape: shape, sheet: nil, isHidden: false, detected: shape.detected(summary, profile),
            profile: profile, warnings: summary.warnings.map { .init(row: $0.row, kind: $0.kind.rawValue, message: $0.message) },
            warningCount: summary.warningCount, mapping: MappingSearch.suggest(profile), places: kept(places, shape, summary))
    }

    /// Nil where the places do not stand for what follows them; those of a further table are counted from its own beginning.
    private func kept(_ places: RowPlaces, _ shape: TableShape, _ summary: ReadSummary) -> RowPlaces? {
        guard summary.starts.first.map({ $0.row == shape.skipRows + 1 }) ?? true else { return nil }
        let isPlain = file?.container == nil && shape.encoding == .utf8 && summary.undecodable == 0 && summary.repaired == 0
        return isPlain && !summary.warnings.contains { $0.kind == .quote } && !places.places.isEmpty ? places : nil
    }
}
