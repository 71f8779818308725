import Kernel

/// What a workbook of Excel 5 to 2003 says about all its sheets ([MS-XLS] section 2.1.7.20.3).
struct BinaryBook: Sendable {
    /// A sheet, and where its records begin.
    struct Sheet: Sendable {
        let info: SheetInfo
        let offset: Int
    }

    private(set) var sheets: [Sheet] = []
    private(set) var epoch = SerialDate.Epoch.from1900
    private(set) var strings = SharedStrings()
    private(set) var text: BinaryText
    /// By the index that cells name.
    private(set) var formats: [NumberFormat] = []
    private var custom: [Int: NumberFormat] = [:]

    /// Reads the records before the first sheet.
    init(_ stream: [UInt8]) throws(AppError) {
        var records = BinaryRecords(stream)
        guard records.advance(), records.type == BinaryRecord.beginOfFile, records.data.count >= 4 else {
            throw WorkbookFault.file("the workbook is older than Excel 5, or damaged; save it as XLSX")
        }
        text = BinaryText(isUnicode: stream.u16(records.data.lowerBound) == 0x0600)
        var formatIndexes: [Int] = []
        while records.advance(), records.type != BinaryRecord.endOfFile {
            let at = records.data.lowerBound
            switch records.type {
            case BinaryRecord.filePass: throw WorkbookFault.encrypted
            case BinaryRecord.dateMode: if stream.u16(at) == 1 { epoch = .from1904 }
            case BinaryRecord.codePage: text.codePage = stream.u16(at)
            case BinaryRecord.format8: addFormat(stream, records.data)
            case BinaryRecord.extendedFormat: formatIndexes.append(stream.u16(at + 2))
            case BinaryRecord.boundSheet: try addSheet(stream, records.data)
            case BinaryRecord.sharedStrings: try readStrings(stream, &records)
            default: break
            }
        }
        formats = formatIndexes.map { custom[$0] ?? NumberFormat(builtIn: $0) }
    }

    private mutating func addFormat(_ stream: [UInt8], _ data: Range<Int>) {
        let code = text.string(stream, data.lowerBound + 2, lengthBytes: text.isUnicode ? 2 : 1, end: data.upperBound)
        if let code { custom[stream.u16(data.lowerBound)] = NumberFormat(code: String(decoding: code, as: UTF8.self)) }
    }

    private mutating func addSheet(_ stream: [UInt8], _ data: Range<Int>) throws(AppError) {
        guard data.count >= 7, sheets.count < WorkbookHandler.mostSheets else { throw WorkbookFault.file("the workbook's list of sheets is damaged") }
        // Charts and macros have other types.
        guard stream[data.lowerBound + 5] == 0 else { return }
        let name = text.string(stream, data.lowerBound + 6, lengthBytes: 1, end: data.upperBound) ?? []
        let info = SheetInfo(name: String(decoding: name, as: UTF8.self), isHidden: stream[data.lowerBound + 4] & 3 != 0)
        sheets.append(Sheet(info: info, offset: stream.u32(data.lowerBound)))
    }

    private mutating func readStrings(_ stream: [UInt8], _ records: inout BinaryRecords) throws(AppError) {
        var parts = [records.data]
        while records.following == BinaryRecord.continuation, records.advance() { parts.append(records.data) }
        var reader = BinaryStrings(stream, records: parts)
        strings = try reader.read()
    }
}
