import Kernel
import TypedTables

/// Puts cells' values into records: what each kind of workbook finds becomes the same text here.
struct CellWriter: Sendable {
    let epoch: SerialDate.Epoch
    private(set) var warnings = WarningList()
    var builder: TypedBatchBuilder
    private var digits: [UInt8] = []

    init(epoch: SerialDate.Epoch, limits: TypedLimits) {
        self.epoch = epoch
        builder = TypedBatchBuilder(limits: limits, word: "row")
    }

    /// A number, which its format may make a date.
    mutating func number(_ value: Double, _ format: NumberFormat, column: Int) throws(AppError) {
        switch format {
        case .number: break
        case .date:
            if let (kind, text) = SerialDate.text(value, epoch) { return try builder.add(kind, text, column: column) }
            warn("no_date", column, "\(value) has the format of a date, but is none")
        case .duration:
            if let text = SerialDate.duration(value) { return try builder.add(.duration, text, column: column) }
        }
        guard value.isFinite else { return }
        digits.removeAll(keepingCapacity: true)
        DecimalText.append(value, to: &digits)
        try builder.add(.number, digits, column: column)
    }

    mutating func bool(_ flag: Bool, column: Int) throws(AppError) { try builder.add(.bool, flag ? "true" : "false", column: column) }

    mutating func error(_ text: String, column: Int) throws(AppError) { try builder.add(.error, text, column: column) }

    /// A text; an empty one is no value.
    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, column: Int) throws(AppError) {
        try builder.add(bytes.isEmpty ? .empty : .text, bytes, column: column)
    }

    /// A date as ISO 8601 writes it, in a cell of Excel 2010 or later.
    mutating func isoDate(_ bytes: UnsafeBufferPointer<UInt8>, column: Int) throws(AppError) {
        let hasTime = bytes.contains(UInt8(ascii: "T"))
        let hasDate = bytes.count >= 8 && bytes.contains(UInt8(ascii: "-"))
        try builder.add(bytes.isEmpty ? .empty : hasTime ? .datetime : hasDate ? .date : .time, bytes, column: column)
    }

    /// Says something about a cell of the row that is read.
    mutating func warn(_ kind: String, _ column: Int, _ message: String) {
        let row = builder.current
        warnings.add(row: row, kind: kind, "\(CellReference.text(column: column, row: row)): \(message)")
    }
}

/// Doubles as the shortest decimal that reads back as the same, with an exponent where it is beyond 2^53.
enum DecimalText {
    static func append(_ value: Double, to bytes: inout [UInt8]) {
        var writer = JSONWriter(appendingTo: bytes)
        bytes = []
        // Finite: the caller looked.
        try? writer.value(value)
        bytes = writer.bytes
    }
}
