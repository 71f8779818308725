public import Kernel
public import TypedTables

/// Reads a table from JSON as it arrives, strictly after RFC 8259 (a byte order mark is passed over), in memory of one record.
///
/// A record is an element of the array that is the file, or an object a line (NDJSON), or an element of the first list of objects within one object
/// (`{"count": 2, "items": [{…}, {…}]}`); one object without a list is one record. Nested objects become columns by their path (`address.city`),
/// arrays within a record stay JSON text, `null` is an empty field; records that are arrays have columns without names. Columns come in the order
/// in which they are first seen, so that early records may end before later ones do.
///
/// Throws `UNPROCESSABLE_FILE` with line, column (in characters) and byte and what was expected there, where the text is no JSON, or beyond
/// ``JSONTableLimits``.
public struct JSONTableReader: Sendable {
    enum State {
        case start, object, document, lines, scalar, end
        /// Within the list of records, before an element: the first one may be missing.
        case first, element, commaOrEnd
    }

    /// So many bytes of one object are looked at before it is taken for a document with a list in it.
    static let sampleBytes = 1 << 20
    private let limits: JSONTableLimits
    private var held: [UInt8] = []
    /// What was given away before the bytes that are held.
    private var before = 0
    private var columnBefore = 0
    /// The line of a place that was passed, from 1.
    private var line = 1
    private var lineMark = 0
    var position = 0
    var state = State.start
    var path = DocumentPath()
    /// Whether the list of records stands within an object.
    var isWithin = false
    var records: JSONRecordReader
    var scanner = JSONScanner()
    var isScanning = false
    /// Of objects a line: whether a line end stands before the next one.
    var atLineStart = false
    var documentWarnings = WarningList()

    /// A reader at the beginning of a file.
    public init(limits: JSONTableLimits = JSONTableLimits()) {
        self.limits = limits
        records = JSONRecordReader(limits: limits)
    }

    /// The columns found so far by their paths; nil where the records are arrays.
    public var header: [String]? { records.isPositional ? nil : records.tree.names }
    /// How many columns there are so far.
    public var columns: Int { records.isPositional ? records.positions : records.tree.names.count }
    /// Records that were read.
    public var count: Int { records.builder.record }
    /// What was decided, or could not be kept.
    public var warnings: [TableWarning] {
        var list = documentWarnings
        let replaced = records.builder.replaced
        if replaced > 0 {
            list.add(row: nil, kind: "duplicate_member", "\(replaced) members stand behind others of the same name; the last one holds")
        }
        return list.all + records.warnings.all
    }
    /// The path of the list of records within the file's object; nil where the file is the list.
    public private(set) var listPath: String?

    /// Takes the next bytes.
    public mutating func feed(_ bytes: [UInt8]) throws(AppError) {
        drop()
        held += bytes
        try drain(isFinal: false)
    }

    /// Says that the file ends here.
    public mutating func finish() throws(AppError) {
        try drain(isFinal: true)
        isFinished = true
    }

    /// The next batch that is full, behind ``finish()`` also the last one; nil where there is none.
    public mutating func next() -> TypedBatch? { isFinished ? records.builder.takeRest() : records.builder.take() }

    private var isFinished = false

    private mutating func drain(isFinal: Bool) throws(AppError) {
        // Taken out while it is lent, and put back: the steps change everything else.
        let bytes = held
        held = []
        do {
            try bytes.withUnsafeBufferPointer { (bytes) throws(JSONFault) in while try step(bytes, isFinal: isFinal) {} }
        } catch {
            throw place(error, bytes)
        }
        held = bytes
    }

    /// Forgets what was read, once it is the larger part.
    private mutating func drop() {
        guard position > held.count / 2 else { return }
        line += held[min(lineMark, position)..<position].count { $0 == 0x0A }
        lineMark = max(lineMark - position, 0)
        let lineStart = held[..<position].lastIndex(of: 0x0A).map { $0 + 1 }
        columnBefore = lineStart == nil ? columnBefore : 0
        columnBefore += held[(lineStart ?? 0)..<position].count { $0 & 0xC0 != 0x80 }
        before += position
        held.removeFirst(position)
        scanner.shift(by: position)
        position = 0
    }

    private func place(_ fault: JSONFault, _ bytes: [UInt8]) -> AppError {
        if let error = fault.error { return error }
        let offset = min(fault.offset, bytes.count)
        let line = line + bytes[min(lineMark, offset)..<offset].count { $0 == 0x0A }
        let lineStart = bytes[..<offset].lastIndex(of: 0x0A).map { $0 + 1 }
        let column = (lineStart == nil ? columnBefore : 0) + bytes[(lineStart ?? 0)..<offset].count { $0 & 0xC0 != 0x80 } + 1
        let spot = "line \(line), column \(column) (byte \(before + offset))"
        return AppError(.unprocessableFile, "Not valid JSON at \(spot): \(fault.what)", issues: [.init(field: "line \(line)", issue: fault.what)])
    }

    /// The line of a place at or behind the last one that was asked for.
    mutating func lineNumber(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
        for index in lineMark..<max(place, lineMark) where bytes[index] == 0x0A { line += 1 }
        lineMark = max(place, lineMark)
        return line
    }

    mutating func foundList() {
        isWithin = true
        listPath = path.text
    }

    var mostBytes: Int { limits.recordBytes }
    var deepest: Int { limits.depth }
}
