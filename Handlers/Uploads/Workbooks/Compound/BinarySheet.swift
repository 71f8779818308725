import Kernel
import TypedTables

/// Reads the cells of one sheet of a workbook of Excel 5 to 2003.
struct BinarySheet: Sendable {
    private let book: BinaryBook
    private var records: BinaryRecords
    private var writer: CellWriter
    private var row = -1
    /// Rows that do not rise are read in the order of their numbers, which needs their places first.
    private var ordered: [(row: Int, place: Int)]?
    private var nextOrdered = 0
    private var merges: [String] = []
    private var hasEnded = false

    init(_ book: BinaryBook, _ stream: [UInt8], _ sheet: BinaryBook.Sheet, limits: TypedLimits) throws(AppError) {
        self.book = book
        writer = CellWriter(epoch: book.epoch, limits: limits)
        records = BinaryRecords(stream, at: sheet.offset)
        guard records.advance(), records.type == BinaryRecord.beginOfFile else {
            throw WorkbookFault.part("sheet \"\(sheet.info.name.prefix(64))\"", "does not stand where the workbook says")
        }
        let start = records.next
        var places: [(row: Int, place: Int)] = []
        var isOrdered = true
        var depth = 1
        var place = start
        while depth > 0, records.advance() {
            switch records.type {
            case BinaryRecord.beginOfFile: depth += 1
            case BinaryRecord.endOfFile: depth -= 1
            case let type where Self.isCell(type) && depth == 1:
                let row = records.bytes.u16(records.data.lowerBound)
                if let last = places.last, last.row == row { break }
                if let last = places.last, last.row > row { isOrdered = false }
                places.append((row, place))
            default: break
            }
            place = records.next
        }
        if !isOrdered { ordered = places.enumerated().sorted { ($0.element.row, $0.offset) < ($1.element.row, $1.offset) }.map(\.element) }
        records.seek(start)
    }

    /// The next batch; nil at the end.
    mutating func next() throws(AppError) -> TypedBatch? {
        while true {
            if let batch = writer.builder.take() { return batch }
            if hasEnded { return writer.builder.takeRest() }
            if ordered == nil { try step() } else { try orderedStep() }
        }
    }

    var summary: SheetSummary { SheetSummary(rows: writer.builder.record, merges: merges, warnings: writer.warnings.all) }

    private mutating func step() throws(AppError) {
        guard records.advance(), records.type != BinaryRecord.endOfFile else { return try finish() }
        switch records.type {
        // A chart within the sheet has records of its own.
        case BinaryRecord.beginOfFile: while records.advance(), records.type != BinaryRecord.endOfFile {}
        case BinaryRecord.mergedCells: addMerges()
        case let type where Self.isCell(type): try cell()
        default: break
        }
    }

    /// One run of cells of a row, as far as the sheet keeps them together.
    private mutating func orderedStep() throws(AppError) {
        guard let places = ordered, nextOrdered < places.count else { return try finish() }
        records.seek(places[nextOrdered].place)
        while records.advance(), records.type != BinaryRecord.endOfFile {
            guard Self.isCell(records.type) else { continue }
            guard records.bytes.u16(records.data.lowerBound) == places[nextOrdered].row else { break }
            try cell()
        }
        nextOrdered += 1
    }

    private mutating func finish() throws(AppError) {
        try endRow()
        hasEnded = true
    }

    private mutating func endRow() throws(AppError) {
        if writer.builder.hasFields { try writer.builder.endRecord(number: row + 1) }
    }

    private static func isCell(_ type: Int) -> Bool {
        switch type {
        case BinaryRecord.formula, BinaryRecord.multipleRK, BinaryRecord.richString, BinaryRecord.labelShared, BinaryRecord.number,
            BinaryRecord.label, BinaryRecord.boolOrError, BinaryRecord.rk:
            true
        default: false
        }
    }

    private mutating func cell() throws(AppError) {
        let bytes = records.bytes
        let (at, end) = (records.data.lowerBound, records.data.upperBound)
        guard records.data.count >= 6 else { return }
        if bytes.u16(at) != row {
            try endRow()
            row = bytes.u16(at)
            writer.builder.current = row + 1
        }
        let column = bytes.u16(at + 2)
        let format = format(bytes.u16(at + 4))
        switch records.type {
        case BinaryRecord.number: try writer.number(bytes.double(at + 6), format, column: column)
        case BinaryRecord.rk: try writer.number(Self.rk(bytes.u32(at + 6)), format, column: column)
        case BinaryRecord.multipleRK:
            for index in 0..<max(0, (records.data.count - 6) / 6) {
                let place = at + 4 + 6 * index
                try writer.number(Self.rk(bytes.u32(place + 2)), self.format(bytes.u16(place)), column: column + index)
            }
        case BinaryRecord.labelShared:
            let index = bytes.u32(at + 6)
            let found: Void? = try book.strings.withText(index) { (text) throws(AppError) in try writer.text(text, column: column) }
            if found == nil { writer.warn("no_string", column, "names shared string \(index), of \(book.strings.count); read as empty") }
        case BinaryRecord.label, BinaryRecord.richString:
            try text(book.text.string(bytes, at + 6, lengthBytes: 2, end: end) ?? [], column)
        case BinaryRecord.boolOrError: try boolOrError(bytes, at + 6, isError: bytes.u16(at + 6) >> 8 != 0, column)
        default: try formula(bytes, at, format, column)
        }
    }

    private mutating func text(_ text: [UInt8], _ column: Int) throws(AppError) {
        try writer.builder.add(text.isEmpty ? .empty : .text, text, column: column)
    }

    private mutating func boolOrError(_ bytes: [UInt8], _ at: Int, isError: Bool, _ column: Int) throws(AppError) {
        let value = at < bytes.count ? bytes[at] : 0
        if isError { try writer.error(Self.errors[value] ?? "#ERROR!", column: column) } else { try writer.bool(value != 0, column: column) }
    }

    /// What the formula gave ([MS-XLS] section 2.5.133): a number, or by the last two bytes something else; a text stands in a record behind it.
    private mutating func formula(_ bytes: [UInt8], _ at: Int, _ format: NumberFormat, _ column: Int) throws(AppError) {
        guard records.data.count >= 14 else { return }
        guard bytes.u16(at + 12) == 0xFFFF else { return try writer.number(bytes.double(at + 6), format, column: column) }
        switch bytes[at + 6] {
        case 0:
            let here = records.next
            var steps = 0
            while steps < 4, records.advance() {
                steps += 1
                if records.type == BinaryRecord.string {
                    return try text(book.text.string(bytes, records.data.lowerBound, lengthBytes: 2, end: records.data.upperBound) ?? [], column)
                }
                if Self.isCell(records.type) { break }
            }
            records.seek(here)
        case 1: try boolOrError(bytes, at + 8, isError: false, column)
        case 2: try boolOrError(bytes, at + 8, isError: true, column)
        default: break
        }
    }

    private func format(_ index: Int) -> NumberFormat { index < book.formats.count ? book.formats[index] : .number }

    /// A number in four bytes ([MS-XLS] section 2.5.218): 30 bits of a whole number or of a double, perhaps a hundredth.
    private static func rk(_ raw: Int) -> Double {
        let value =
            raw & 2 != 0 ? Double(Int32(truncatingIfNeeded: raw) >> 2) : Double(bitPattern: UInt64(raw & 0xFFFF_FFFC) << 32)
        return raw & 1 != 0 ? value / 100 : value
    }

    private mutating func addMerges() {
        let at = records.data.lowerBound
        for index in 0..<min(records.bytes.u16(at), (records.data.count - 2) / 8) where merges.count < SheetHandler.mostMerges {
            let place = at + 2 + 8 * index
            let first = CellReference.text(column: records.bytes.u16(place + 4), row: records.bytes.u16(place) + 1)
            merges.append("\(first):\(CellReference.text(column: records.bytes.u16(place + 6), row: records.bytes.u16(place + 2) + 1))")
        }
    }

    private static let errors: [UInt8: String] = [
        0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
    ]
}
