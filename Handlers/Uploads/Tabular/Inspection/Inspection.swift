public import Kernel

/// What a file of delimited text holds, as bytes of an answer that come while the file is read.
public struct Inspection: ~Copyable, Sendable {
    /// How it is said.
    public enum Form: Sendable {
        /// One object: `ok`, `header`, `rows`, `detected`, `columns`, `warnings`, `row_count`.
        case json
        /// Lines for people: the shape, and the first rows.
        case text
    }

    private static let shownRows = 10
    private var reader: DelimitedReader
    private var profiler: TableProfiler?
    private let form: Form
    private var left: Int
    private var writtenRows = 0
    /// Whether anything of the answer was given out.
    public private(set) var hasBegun = false

    /// - Parameter rows: the most rows that are shown; by default all in JSON, ten for people.
    public init(overrides: ShapeOverrides = ShapeOverrides(), rows: Int? = nil, form: Form = .json, limits: TableLimits = TableLimits()) {
        reader = DelimitedReader(overrides: overrides, limits: limits)
        self.form = form
        left = rows ?? (form == .json ? .max : Self.shownRows)
    }

    /// Takes the next bytes of the file. Returns the next bytes of the answer.
    public mutating func feed(_ bytes: [UInt8]) throws(AppError) -> [UInt8] {
        try reader.feed(bytes)
        return take()
    }

    /// Says that the file ends here. Returns the rest of the answer.
    public mutating func finish() throws(AppError) -> [UInt8] {
        try reader.finish()
        var bytes = take()
        begin(&bytes)
        let profile = (profiler ?? TableProfiler(names: [])).finish(total: reader.summary.totalRecord)
        switch form {
        case .json: bytes += try InspectionJSON.tail(reader.shape ?? TableShape(), reader.summary, profile)
        case .text: bytes += InspectionText.tail(reader.summary, profile)
        }
        return bytes
    }

    private mutating func begin(_ bytes: inout [UInt8]) {
        guard !hasBegun, let shape = reader.shape else { return }
        hasBegun = true
        let names = shape.header ?? (0..<shape.columns).map { "column \($0 + 1)" }
        profiler = TableProfiler(names: names, delimiter: shape.delimiter.utf8.first)
        bytes += form == .json ? InspectionJSON.head(shape) : InspectionText.head(shape)
    }

    private mutating func take() -> [UInt8] {
        var bytes: [UInt8] = []
        while let batch = reader.next() {
            begin(&bytes)
            profiler?.add(batch)
            let count = min(left, batch.count)
            left -= count
            guard count > 0 else { continue }
            switch form {
            case .json: InspectionJSON.rows(batch, count, isFirst: writtenRows == 0, &bytes)
            case .text: InspectionText.rows(batch, count, &bytes)
            }
            writtenRows += count
        }
        return bytes
    }
}
