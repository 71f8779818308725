import Kernel
import Tabular
import TypedTables

/// Writes the answer of an inspection while a file is read. Rows beyond 64 MiB of it are counted, but left out.
struct InspectionWriter {
    private static let mostBytes = 64 << 20
    private let file: OpenedFile
    private var writer = JSONWriter(capacity: 1 << 16)
    private var isCut = false
    private var rows = SheetTables(isSheet: false)
    private var shape = SheetShape()
    private var profiler: TableProfiler?
    /// The tables of the sheet that have ended.
    private var tables: [(shape: SheetShape, profile: TableProfile)] = []

    init(_ file: OpenedFile) {
        self.file = file
        writer.beginObject()
        writer.key("ok")
        writer.value(true)
        guard file.form == .workbook else { return }
        writer.key("sheets")
        writer.beginArray()
    }

    mutating func begin(_ table: TableStart) {
        isCut = false
        rows = SheetTables(isSheet: file.form == .workbook)
        tables = []
        if file.form == .workbook {
            writer.beginObject()
            writer.key("name")
            writer.value(table.name ?? "")
            writer.key("hidden")
            writer.value(table.isHidden)
        }
        writer.key("rows")
        writer.beginArray()
    }

    mutating func add(_ batch: TypedBatch) throws(AppError) {
        rows.add(batch)
        profile(header: nil)
        for record in 0..<batch.records.count {
            if writer.bytes.count > Self.mostBytes { isCut = true }
            if isCut { return }
            writer.beginArray()
            for field in batch.records.fields(of: record) { try add(batch, field) }
            writer.endArray()
        }
    }

    /// Of a workbook the value, of JSON the text as it was written.
    private mutating func add(_ batch: TypedBatch, _ field: Int) throws(AppError) {
        guard let text = batch.records.text(field) else { return writer.null() }
        switch batch.kinds[field] {
        case .number where file.form == .workbook:
            guard let number = Double(text), number.isFinite else { return writer.value(text) }
            try writer.value(Self.shown(number))
        case .bool where file.form == .workbook: writer.value(text == "true")
        default: writer.value(text)
        }
    }

    /// A number as an overview shows it, with nine decimals at most; below a millionth, and where nine decimals are finer than a double, as it is.
    /// Records hold every number exactly.
    private static func shown(_ number: Double) -> Double {
        let scaled = (number * 1e9).rounded()
        return number.magnitude >= 1e-6 && scaled.magnitude < 9e15 ? scaled / 1e9 : number
    }

    /// What the columns hold, as it is told of a delimited text. `header`: the names of JSON's columns, which are known only at its end.
    private mutating func profile(header: [String]?) {
        while let step = rows.next() {
            switch step {
            case .begin(let found):
                shape = found
                profiler = TableProfiler(names: found.names)
            case .rows(let batch):
                let width = (0..<batch.count).reduce(0) { max($0, batch.fields(of: $1).count) }
                if width > profiler?.names.count ?? 0 { profiler?.rename(SheetShape(names: shape.header, columns: width).names) }
                profiler?.add(batch)
            case .end(let found):
                let ended = header.map { SheetShape(names: $0, columns: found.columns) } ?? found
                guard var all = profiler else { break }
                profiler = nil
                all.rename(ended.names)
                tables.append((ended, all.finish()))
            }
        }
    }

    mutating func end(_ table: TableEnd) throws(AppError) {
        writer.endArray()
        writer.key("row_count")
        writer.value(table.records)
        if isCut {
            writer.key("rows_left_out")
            writer.value(true)
        }
        writer.key("warnings")
        writer.array { writer in
            for warning in table.warnings {
                writer.object { writer in
                    writer.key("row")
                    if let row = warning.row { writer.value(row) } else { writer.null() }
                    writer.key("kind")
                    writer.value(warning.kind)
                    writer.key("message")
                    writer.value(warning.message)
                }
            }
        }
        rows.finish()
        profile(header: table.header)
        let first = tables.first
        writer.key("columns")
        writer.raw(try JSON.encode(first?.profile.columns ?? []))
        try describe(first?.shape ?? SheetShape(), isSheet: file.form == .workbook)
        guard file.form == .workbook else { return }
        writer.key("merged")
        Self.list(table.merges, &writer)
        writer.key("tables")
        writer.beginArray()
        for (shape, profile) in tables where tables.count > 1 {
            writer.beginObject()
            writer.key("row")
            writer.value(shape.skipRows + 1)
            try describe(shape, isSheet: true)
            writer.key("row_count")
            writer.value(profile.rows)
            writer.key("columns")
            writer.raw(try JSON.encode(profile.columns))
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private mutating func describe(_ shape: SheetShape, isSheet: Bool) throws(AppError) {
        writer.key("header")
        if let header = shape.header { Self.list(header, &writer) } else { writer.null() }
        guard isSheet else { return }
        writer.key("header_rows")
        writer.value(shape.headerRows)
        writer.key("skip_rows")
        writer.value(shape.skipRows)
    }

    mutating func finish() -> [UInt8] {
        if file.form == .workbook { writer.endArray() }
        writer.key("detected")
        writer.object { writer in
            writer.key("format")
            writer.value(file.form.rawValue)
            writer.key("container")
            if let container = file.container { writer.value(container) } else { writer.null() }
            writer.key("member")
            if let member = file.member { writer.value(member) } else { writer.null() }
        }
        writer.endObject()
        return writer.bytes
    }

    private static func list(_ texts: [String], _ writer: inout JSONWriter) {
        writer.array { writer in for text in texts { writer.value(text) } }
    }
}
