public import Kernel
import Tabular

/// Gathers fields into records and records into batches.
public struct TypedBatchBuilder: Sendable {
    /// A field of the record that is being read; its text stands in `text`.
    private struct Cell {
        let column: Int
        let kind: CellKind
        let start: Int
        let end: Int
    }

    private let limits: TypedLimits
    private let word: String
    private var batch: TypedBatch
    private var finished: [TypedBatch] = []
    private var cells: [Cell] = []
    private var text: [UInt8] = []
    private var isOrdered = true
    private var filled = 0
    private var padded = 0
    private var total = 0
    /// How many fields another one of the same record and column replaced.
    public private(set) var replaced = 0
    /// The number of the last record that was added.
    public private(set) var record = 0
    /// The number of the record that is being read, for messages: the next one, unless its reader knows better.
    public var current = 1

    /// A builder of records that are numbered from 1.
    ///
    /// - Parameter word: what stands before a record's number in a message: "row", "record".
    public init(limits: TypedLimits = TypedLimits(), word: String) {
        self.limits = limits
        self.word = word
        batch = TypedBatch(firstRecord: 0)
    }

    /// Whether a batch is ready.
    public var isFull: Bool { !finished.isEmpty }

    /// The oldest batch that is ready.
    public mutating func take() -> TypedBatch? { finished.isEmpty ? nil : finished.removeFirst() }

    /// What remains, as the last batch; nil where nothing does.
    public mutating func takeRest() -> TypedBatch? {
        if let ready = take() { return ready }
        guard !batch.records.isEmpty else { return nil }
        endBatch()
        return take()
    }

    /// Adds a field to the record that is being read; an empty one is left out.
    ///
    /// Throws `UNPROCESSABLE_FILE` where the field is too long, or its column (from 0) too far.
    public mutating func add(_ kind: CellKind, _ bytes: UnsafeBufferPointer<UInt8>, column: Int) throws(AppError) {
        guard kind != .empty else { return }
        guard column < limits.columns else { throw fault("column \(column + 1) is too far; at most \(limits.columns) columns are read") }
        guard bytes.count <= limits.fieldBytes else {
            throw fault("column \(column + 1) is longer than \(limits.fieldBytes) bytes")
        }
        // A record that names one column again and again holds no more than one that names them all twice.
        if !isOrdered, cells.count >= 2 * limits.columns { order() }
        if let last = cells.last, last.column >= column { isOrdered = false }
        let start = text.count
        text.append(contentsOf: bytes)
        cells.append(Cell(column: column, kind: kind, start: start, end: text.count))
    }

    /// Adds a field of some bytes.
    public mutating func add(_ kind: CellKind, _ bytes: [UInt8], column: Int) throws(AppError) {
        try bytes.withUnsafeBufferPointer { (bytes) throws(AppError) in try add(kind, bytes, column: column) }
    }

    /// Adds a field of a text.
    public mutating func add(_ kind: CellKind, _ text: String, column: Int) throws(AppError) { try add(kind, Array(text.utf8), column: column) }

    /// Whether the record that is being read holds something.
    public var hasFields: Bool { !cells.isEmpty }

    /// Ends the record. It gets the number, empty records filling what lies between; a number that is not above the last one's becomes the next.
    ///
    /// - Parameter line: where the record begins in the file; nil where that is its number.
    ///
    /// Throws `UNPROCESSABLE_FILE` where too many empty fields would have to be kept.
    public mutating func endRecord(number: Int, line: Int? = nil) throws(AppError) {
        while record + 1 < number { close(record + 1) }
        if !isOrdered { order() }
        let empty = (cells.last?.column ?? -1) + 1 - cells.count
        filled += cells.count
        padded += empty
        guard padded <= limits.emptyFields + 100 * filled else {
            throw fault("\(padded) empty fields stand before \(filled) with values; expected a table whose columns lie together")
        }
        total += text.count
        guard total <= limits.textBytes else { throw fault("the table holds more than \(limits.textBytes) bytes of text") }
        append()
        cells.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        isOrdered = true
        close(line ?? record + 1)
        current = record + 1
    }

    private mutating func append() {
        text.withUnsafeBufferPointer { text in
            var next = 0
            for cell in cells {
                while next < cell.column {
                    batch.records.appendNull()
                    batch.kinds.append(.empty)
                    next += 1
                }
                batch.records.append(UnsafeBufferPointer(rebasing: text[cell.start..<cell.end]))
                batch.kinds.append(cell.kind)
                next += 1
            }
        }
    }

    private mutating func close(_ line: Int) {
        batch.records.endRecord(line: line)
        record += 1
        if batch.records.isFull || batch.kinds.count >= limits.batchFields { endBatch() }
    }

    private mutating func endBatch() {
        finished.append(batch)
        batch = TypedBatch(firstRecord: record)
    }

    /// Puts the fields into the order of their columns; of two in one column the later holds.
    private mutating func order() {
        let sorted = cells.enumerated().sorted { ($0.element.column, $0.offset) < ($1.element.column, $1.offset) }.map(\.element)
        cells.removeAll(keepingCapacity: true)
        for cell in sorted {
            if cells.last?.column == cell.column {
                cells.removeLast()
                replaced += 1
            }
            cells.append(cell)
        }
        isOrdered = true
    }

    private func fault(_ what: String) -> AppError {
        let place = "\(word) \(current)"
        return AppError(
            .unprocessableFile, "\(place.prefix(1).uppercased())\(place.dropFirst()): \(what)", issues: [.init(field: place, issue: what)])
    }
}
