import Kernel
import TypedTables

/// Reads `content.xml` of an OpenDocument sheet (ISO/IEC 26300 part 1, chapters 9 and 19): all its tables, one behind the other.
final class DocumentHandler: XMLHandler {
    private static let mostRepeats = 1 << 21
    /// The most bytes of text that repeats may make at once.
    private static let mostRepeatedBytes = 32 << 20
    private let only: String?
    private let limits: TypedLimits
    private var cells: CellWriter?
    private var steps: [WorkbookStep] = []
    private var row = 1
    private var rowRepeats = 1
    private var column = 0
    private var columnRepeats = 1
    private var isInCell = false
    private var isInText = false
    /// Comments of a cell are texts, too.
    private var annotations = 0
    private var type = ""
    private var stored = ""
    private var text: [UInt8] = []
    private var paragraphs = 0
    private var values: [(column: Int, count: Int, kind: CellKind, text: [UInt8])] = []
    /// Cells that were not written, but stand for others.
    private var repeated = 0
    /// Tables within cells are not read.
    private var depth = 0

    init(only: String?, limits: TypedLimits) {
        self.only = only
        self.limits = limits
    }

    func take() -> WorkbookStep? {
        if !steps.isEmpty { return steps.removeFirst() }
        return cells?.builder.take().map { .records($0) }
    }

    override func start(_ name: XMLName, _ attributes: XMLAttributes) {
        switch name {
        case "table":
            depth += 1
            if depth == 1 { beginTable(attributes.text("name") ?? "") }
        case "table-row" where cells != nil && depth == 1:
            rowRepeats = min(attributes.integer("number-rows-repeated") ?? 1, Self.mostRepeats)
            column = 0
        case "table-cell" where cells != nil && depth == 1, "covered-table-cell" where cells != nil && depth == 1: beginCell(attributes)
        case "p" where isInCell && annotations == 0:
            if paragraphs > 0 { text.append(0x0A) }
            paragraphs += 1
            isInText = true
        case "s" where isInText: append(repeatElement(0x20, count: min(attributes.integer("c") ?? 1, 10_000)))
        case "tab" where isInText: text.append(0x09)
        case "line-break" where isInText: text.append(0x0A)
        case "annotation": annotations += 1
        default: break
        }
    }

    override func end(_ name: XMLName) {
        switch name {
        case "table":
            depth -= 1
            if depth == 0 { endTable() }
        case "table-row" where cells != nil && depth == 1: attempt { () throws(AppError) in try endRow() }
        case "table-cell" where isInCell && depth == 1, "covered-table-cell" where isInCell && depth == 1: endCell()
        case "p" where annotations == 0: isInText = false
        case "annotation": annotations -= 1
        default: break
        }
    }

    override func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard isInText, annotations == 0 else { return }
        append(bytes)
    }

    private func append(_ bytes: some Sequence<UInt8>) {
        text.append(contentsOf: bytes)
        if text.count > limits.fieldBytes {
            fault = WorkbookFault.part("content.xml", "\(CellReference.text(column: column, row: row)) is longer than \(limits.fieldBytes) bytes")
        }
    }

    private func beginTable(_ name: String) {
        guard only.map({ $0 == name }) ?? true else { return }
        steps.append(.sheet(SheetInfo(name: name, isHidden: false)))
        cells = CellWriter(epoch: .from1900, limits: limits)
        row = 1
    }

    private func endTable() {
        guard var ended = cells else { return }
        while let batch = ended.builder.takeRest() { steps.append(.records(batch)) }
        steps.append(.sheetEnd(SheetSummary(rows: ended.builder.record, merges: [], warnings: ended.warnings.all)))
        cells = nil
    }

    private func beginCell(_ attributes: XMLAttributes) {
        columnRepeats = min(attributes.integer("number-columns-repeated") ?? 1, Self.mostRepeats)
        type = attributes.text("value-type") ?? ""
        stored =
            attributes.text("value") ?? attributes.text("date-value") ?? attributes.text("time-value") ?? attributes.text("boolean-value")
            ?? attributes.text("string-value") ?? ""
        isInCell = true
        text.removeAll(keepingCapacity: true)
        paragraphs = 0
    }

    private func endCell() {
        isInCell = false
        isInText = false
        let (kind, bytes) = value()
        if kind != .empty { values.append((column, columnRepeats, kind, bytes)) }
        column = min(column + columnRepeats, 1 << 30)
    }

    private func value() -> (CellKind, [UInt8]) {
        switch type {
        case "float", "currency", "percentage": return (stored.isEmpty ? .empty : .number, Array(stored.utf8))
        case "date": return (stored.contains("T") ? .datetime : .date, Array(stored.utf8))
        case "boolean": return (.bool, Array(stored.utf8))
        case "time": return (.duration, Array(stored.utf8))
        case "": return (.empty, [])
        default: return (text.isEmpty ? .empty : text.first == UInt8(ascii: "#") && type == "error" ? .error : .text, text)
        }
    }

    /// A row may stand for many like it: then those with values are few, and the empty ones at the end no rows at all.
    private func endRow() throws(AppError) {
        defer {
            values.removeAll(keepingCapacity: true)
            row = min(row + rowRepeats, 1 << 30)
        }
        guard !values.isEmpty else { return }
        guard row + rowRepeats - 1 <= CellReference.mostRows else {
            throw WorkbookFault.part("content.xml", "row \(row) is repeated \(rowRepeats) times; at most \(CellReference.mostRows) rows are read")
        }
        for value in values where value.count > limits.columns {
            throw WorkbookFault.part("content.xml", "row \(row) repeats a cell \(value.count) times; at most \(limits.columns) columns are read")
        }
        repeated += rowRepeats * values.reduce(0) { $0 + $1.count } - values.count
        let bytes = rowRepeats * values.reduce(0) { $0 + $1.count * $1.text.count }
        guard repeated <= limits.emptyFields, rowRepeats == 1 && values.allSatisfy({ $0.count == 1 }) || bytes <= Self.mostRepeatedBytes else {
            throw WorkbookFault.part("content.xml", "row \(row): cells are repeated \(repeated) times; at most \(limits.emptyFields) times are read")
        }
        for number in row..<row + rowRepeats {
            cells?.builder.current = number
            for value in values {
                for offset in 0..<value.count { try cells?.builder.add(value.kind, value.text, column: value.column + offset) }
            }
            try cells?.builder.endRecord(number: number)
        }
    }
}
