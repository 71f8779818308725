import HandlerKit
import TableFiles
import Tabular
import TypedTables

/// Reads a file once, from end to end, and says what is in it.
struct FileAnalysis: Sendable {
    let name: String
    /// By the names of ``ShapeOverrides``.
    let overrides: JSONObject
    let offload: Offloading

    /// Between two calls of `progress`, in bytes.
    static let step = 8 << 20

    /// `progress` is told how far it is, and may end it by throwing.
    func run(_ bytes: StoredBytes, progress: @escaping (Int) async throws -> Void) async throws -> FileReport {
        let scout = FileMachine(size: bytes.size, name: name, FileScout(try JSON.decode(ShapeOverrides.self, from: .object(overrides))))
        var told = 0
        var furthest = 0
        func tell(_ place: Int) async throws {
            furthest = max(furthest, place)
            guard furthest - told >= Self.step else { return }
            told = furthest
            try await progress(min(told, bytes.size))
        }
        try await scout.run(bytes, offload) { try await tell($0) }
        let (file, tables) = try scout.withSink { sink throws(AppError) in (sink.file, sink.tables) }
        guard let file else { throw AppError(.unprocessableFile, "The file is empty") }
        let (name, kind) = (name, Self.kind(file))
        if file.form == .text {
            return try await offload { try FileReport(kind: kind, fileName: name, tables: [try scout.withSink { $0.textReport() }]) }
        }
        guard !tables.isEmpty else { throw AppError(.unprocessableFile, "The file has no table") }
        return try await offload {
            let names = Self.names(tables)
            let counts = Dictionary(tables.map { ($0.sheet, 1) }, uniquingKeysWith: +)
            return try FileReport(
                kind: kind, fileName: name, tables: zip(tables, names).map { Self.report($0, name: $1, of: counts[$0.sheet] ?? 1) })
        }
    }

    /// What was found in one table of a workbook, or of JSON.
    private static func report(_ table: FileScout.Found, name: String?, of count: Int) -> TableReport {
        let shape = table.shape
        return TableReport(
            name: name, place: table.sheet, header: shape.header, shape: nil, sheet: shape, isHidden: table.isHidden,
            detected: [
                "header_rows": .integer(Int64(shape.headerRows)), "skip_rows": .integer(Int64(shape.skipRows)),
                "tables": .integer(Int64(count)), "table": .integer(Int64(table.number)),
            ],
            profile: table.profile, warnings: table.warnings.map { .init(row: $0.row, kind: $0.kind, message: $0.message) },
            warningCount: table.warnings.count, mapping: MappingSearch.suggest(table.profile))
    }

    /// What the tables are called: as their sheet, the second of a sheet `Sales #2`, and so that no other one is called so.
    private static func names(_ tables: [FileScout.Found]) -> [String?] {
        var taken = Set(tables.compactMap(\.name))
        return tables.map { table in
            guard let sheet = table.name, table.number > 1 else { return table.name }
            var name = "\(sheet) #\(table.number)"
            while !taken.insert(name).inserted { name += "*" }
            return name
        }
    }

    /// `csv`, `json` or `workbook`, and what it is packed in, as `csv.gzip`.
    private static func kind(_ file: OpenedFile) -> String {
        let form = file.form == .text ? "csv" : file.form.rawValue
        return file.container.map { "\(form).\($0)" } ?? form
    }

    /// Throws `VALIDATION_ERROR` naming what is no override, or none that can be.
    static func check(_ overrides: JSONObject) throws(AppError) {
        let known = ["encoding", "delimiter", "quote", "escape", "skip_rows", "header_rows", "table"]
        var issues: [AppError.Issue] = []
        for member in overrides where !known.contains(member.name) {
            issues.append(.init(field: "shape.\(member.name.prefix(64))", issue: "unknown; expected one of \(known.joined(separator: ", "))"))
        }
        guard issues.isEmpty else { throw AppError(.validation, issues: issues) }
        // A look at nothing checks what it is told.
        _ = try Sniffer.sniff(Array("a".utf8), whole: true, overrides: try JSON.decode(ShapeOverrides.self, from: .object(overrides)))
    }
}

/// Names of columns that differ from each other.
enum ColumnNames {
    /// The header's, and `column 3` where it has none.
    static func all(_ header: [String]?, count: Int) -> [String] {
        var used: Set<String> = []
        // How far the numbers of a name have come, so that a name which stands there thousands of times is not counted from the beginning each time.
        var numbers: [String: Int] = [:]
        return (0..<max(count, header?.count ?? 0)).map { index in
            let given = header.flatMap { index < $0.count ? $0[index] : nil } ?? ""
            let name = given.isEmpty ? "column \(index + 1)" : given
            var unique = name
            while !used.insert(unique).inserted {
                let number = numbers[name, default: 2]
                numbers[name] = number + 1
                unique = "\(name) (\(number))"
            }
            return unique
        }
    }
}

extension TableShape {
    var profiler: TableProfiler { TableProfiler(names: ColumnNames.all(header, count: columns), delimiter: delimiter.utf8.first) }

    /// How it is written, as an inspection tells.
    func detected(_ summary: ReadSummary, _ profile: TableProfile) -> JSONValue {
        [
            "encoding": .string(encoding.rawValue), "bom": .bool(mark > 0), "delimiter": .string(delimiter),
            "quote": quote.map { .string($0) } ?? .null, "escape": escape.map { .string($0) } ?? .null, "line_end": .string(lineEnd.rawValue),
            "header_rows": .integer(Int64(headerRows)), "skip_rows": .integer(Int64(skipRows)),
            "total_row": profile.totalRows.last.map { .integer(Int64($0.record + 1)) } ?? .null, "tables": .integer(Int64(summary.tables)),
            "table_places": .array(
                summary.starts.map { place in
                    [
                        "table": .integer(Int64(place.table)), "row": .integer(Int64(place.row)), "columns": .integer(Int64(place.columns)),
                        "header": place.header.map { .array($0.map { .string($0) }) } ?? .null,
                    ]
                }),
            "confidence": [
                "encoding": .number(confidence.encoding), "dialect": .number(confidence.dialect), "structure": .number(confidence.structure),
            ],
            "reasons": .object(JSONObject(reasons.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .string($0.value)) })),
        ]
    }
}
