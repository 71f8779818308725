import Kernel
import TypedTables

/// Reads a sheet's part: cells in rows, as they come.
///
/// A cell or row without a reference follows the one before. What the sheet says about its own size is not read: it is wrong too often.
final class SheetHandler: XMLHandler {
    private enum ValueType { case number, shared, text, inline, bool, error, date }

    static let mostMerges = 1000
    private let strings: SharedStrings
    private let formats: [NumberFormat]
    private let part: String
    private(set) var cells: CellWriter
    /// Where cells are merged, `A1:B2`; the value stands in the first.
    private(set) var merges: [String] = []
    private var isInData = false
    private var row = 0
    private var column = -1
    private var type = ValueType.number
    private var style = 0
    private var isCollecting = false
    private var phonetic = 0
    private var value: [UInt8] = []
    private var inlineText: [UInt8]?

    init(strings: SharedStrings, formats: [NumberFormat], epoch: SerialDate.Epoch, limits: TypedLimits, part: String) {
        self.strings = strings
        self.formats = formats
        self.part = part
        cells = CellWriter(epoch: epoch, limits: limits)
    }

    /// The next batch that is full.
    func take() -> TypedBatch? { cells.builder.take() }
    /// The last batch, behind the sheet's end.
    func takeRest() -> TypedBatch? { cells.builder.takeRest() }

    override func start(_ name: XMLName, _ attributes: XMLAttributes) {
        guard isInData else {
            if name == "sheetData" { isInData = true }
            if name == "mergeCell", merges.count < Self.mostMerges, let place = attributes.text("ref") { merges.append(place) }
            return
        }
        switch name {
        case "c": beginCell(attributes)
        case "v": collect()
        case "t": if phonetic == 0 { isCollecting = true }
        case "row": beginRow(attributes)
        case "is":
            inlineText = []
            value.removeAll(keepingCapacity: true)
        case "rPh": phonetic += 1
        default: break
        }
    }

    override func end(_ name: XMLName) {
        guard isInData else { return }
        switch name {
        case "v", "t": isCollecting = false
        case "c": attempt { () throws(AppError) in try endCell() }
        case "is": inlineText = value
        case "row": endRow()
        case "rPh": phonetic -= 1
        case "sheetData": isInData = false
        default: break
        }
    }

    override func text(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard isCollecting else { return }
        value.append(contentsOf: bytes)
        if value.count > 2 << 20 { refuse("is longer than 1 MiB") }
    }

    private func collect() {
        value.removeAll(keepingCapacity: true)
        isCollecting = true
    }

    private func beginRow(_ attributes: XMLAttributes) {
        let last = row
        row += 1
        if let text = attributes.bytes("r") {
            guard let number = CellReference.number(text), number >= 1, number <= CellReference.mostRows else {
                fault = WorkbookFault.part(part, "a row has the number \(String(cString: text).prefix(20)); expected 1 to \(CellReference.mostRows)")
                return
            }
            row = number
        }
        cells.builder.current = row
        if row <= last { cells.warn("row_order", 0, "row \(row) stands behind row \(last); it is read as the next one") }
        column = -1
    }

    private func endRow() {
        guard cells.builder.hasFields else { return }
        attempt { () throws(AppError) in try cells.builder.endRecord(number: row) }
    }

    private func beginCell(_ attributes: XMLAttributes) {
        column += 1
        if let text = attributes.bytes("r") {
            guard let place = CellReference.parse(text) else {
                fault = WorkbookFault.part(part, "a cell has the place \(String(cString: text).prefix(20)); expected A1 to XFD1048576")
                return
            }
            column = place.column
        }
        style = attributes.bytes("s").flatMap { CellReference.number($0) } ?? 0
        type = attributes.bytes("t").map(Self.type) ?? .number
        value.removeAll(keepingCapacity: true)
        inlineText = nil
    }

    private static func type(_ text: UnsafePointer<CChar>) -> ValueType {
        switch (UInt8(bitPattern: text[0]), text[0] == 0 ? 0 : UInt8(bitPattern: text[1])) {
        case (UInt8(ascii: "s"), 0): .shared
        case (UInt8(ascii: "s"), _): .text
        case (UInt8(ascii: "i"), _): .inline
        case (UInt8(ascii: "b"), _): .bool
        case (UInt8(ascii: "e"), _): .error
        case (UInt8(ascii: "d"), _): .date
        default: .number
        }
    }

    private func endCell() throws(AppError) {
        if let inline = inlineText, !inline.isEmpty {
            value = inline
            type = .inline
        }
        guard !value.isEmpty else { return }
        switch type {
        case .number: try number()
        case .shared: try shared()
        case .text, .inline:
            EscapedText.decode(&value)
            try value.withUnsafeBufferPointer { (bytes) throws(AppError) in try cells.text(bytes, column: column) }
        case .bool: try cells.bool(value.first == UInt8(ascii: "1") || value.first == UInt8(ascii: "t"), column: column)
        case .error: try cells.error(String(decoding: value, as: UTF8.self), column: column)
        case .date: try value.withUnsafeBufferPointer { (bytes) throws(AppError) in try cells.isoDate(bytes, column: column) }
        }
    }

    private func number() throws(AppError) {
        try value.withUnsafeBufferPointer { (bytes) throws(AppError) in
            let format = style < formats.count ? formats[style] : .number
            if format == .number, NumberText.isShortest(bytes) {
                try cells.builder.add(.number, bytes, column: column)
            } else if let number = NumberText.parse(bytes) {
                try cells.number(number, format, column: column)
            } else {
                cells.warn("no_number", column, "the value is no number; it is read as text")
                try cells.text(bytes, column: column)
            }
        }
    }

    private func shared() throws(AppError) {
        let number = value.withUnsafeBufferPointer { NumberText.parse($0) } ?? -1
        let index = number.magnitude < 1e9 ? Int(number) : -1
        let found: Void? = try strings.withText(index) { (bytes) throws(AppError) in try cells.text(bytes, column: column) }
        if found == nil { cells.warn("no_string", column, "names shared string \(index), of \(strings.count); read as empty") }
    }

    private func refuse(_ what: String) {
        fault = WorkbookFault.part(part, "\(CellReference.text(column: max(column, 0), row: max(row, 1))) \(what)")
    }
}
