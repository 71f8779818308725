import HandlerKit
import TableFiles
import Tabular
import TypedTables

/// The first look at a file: of a delimited text already all that is to be known, of other tables where their rows stand.
struct FileScout: FileSink, ~Copyable {
    /// A table as far as its first rows tell.
    struct Found: Sendable {
        let name: String?
        let isHidden: Bool
        var sample = SheetSample()
        var header: [String]?
        var isJSON = false
        var warnings: [TableWarning] = []

        var shape: SheetShape { isJSON ? SheetShape(names: header, columns: sample.columns) : SheetShape(sample) }
    }

    private(set) var file: OpenedFile?
    private(set) var tables: [Found] = []
    private var reader: DelimitedReader
    private var profiler: TableProfiler?
    private var places = RowPlaces()

    /// The most tables of a file that are looked at.
    static let mostTables = 1000

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
        tables.append(Found(name: table.name, isHidden: table.isHidden, isJSON: file?.form == .json))
    }

    mutating func take(_ batch: TypedBatch) throws(AppError) {
        guard tables.count <= Self.mostTables else { throw AppError(.unprocessableFile, "The file has more than \(Self.mostTables) tables") }
        tables[tables.count - 1].sample.add(batch)
    }

    mutating func end(_ table: TableEnd) throws(AppError) {
        tables[tables.count - 1].header = table.header
        tables[tables.count - 1].warnings = table.warnings
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

/// The second look at tables that are no delimited text, whose shape is known.
struct FileProfile: FileSink {
    private let shapes: [SheetShape]
    private var rows: TableRows?
    private var current: TableProfiler?
    private(set) var profiles: [TableProfile] = []

    init(_ shapes: [SheetShape]) { self.shapes = shapes }

    mutating func opened(_ file: OpenedFile) {}
    mutating func text(_ bytes: [UInt8]) throws(AppError) {}
    mutating func endText() throws(AppError) {}

    mutating func begin(_ table: TableStart) {
        guard profiles.count < shapes.count else { return }
        let shape = shapes[profiles.count]
        rows = TableRows(shape)
        current = TableProfiler(names: ColumnNames.all(shape.header, count: shape.columns))
    }

    mutating func take(_ batch: TypedBatch) throws(AppError) {
        rows?.add(batch)
        while let found = rows?.next() { current?.add(found) }
    }

    mutating func end(_ table: TableEnd) throws(AppError) {
        guard let profiler = current else { return }
        profiles.append(profiler.finish())
        current = nil
    }
}
