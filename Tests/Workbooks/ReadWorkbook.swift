import Containers
import Kernel
import Tabular
import TypedTables
import Workbooks

/// What a workbook holds, as rows that a test can compare.
struct ReadWorkbook {
    struct Sheet {
        let info: SheetInfo
        /// The fields with a bar between them, a dash for none.
        var rows: [String] = []
        var kinds: [[CellKind]] = []
        var lines: [Int] = []
        var summary: SheetSummary?
    }

    var sheets: [Sheet] = []

    init(_ bytes: [UInt8], _ kind: FileKind = .zip, only: String? = nil, limits: WorkbookLimits = WorkbookLimits()) throws(AppError) {
        var reader = try WorkbookReader(kind, size: bytes.count, only: only, limits: limits)
        while true {
            switch try reader.next() {
            case .read(let range): try reader.supply(Array(bytes[range.clamped(to: 0..<bytes.count)]))
            case .sheet(let info): sheets.append(Sheet(info: info))
            case .records(let batch): add(batch)
            case .sheetEnd(let summary): sheets[sheets.count - 1].summary = summary
            case .end: return
            }
        }
    }

    private mutating func add(_ batch: TypedBatch) {
        let sheet = sheets.count - 1
        for record in 0..<batch.records.count {
            sheets[sheet].rows.append(batch.records.row(record).map { $0 ?? "-" }.joined(separator: "|"))
            sheets[sheet].kinds.append(Array(batch.kinds[batch.records.fields(of: record)]))
            sheets[sheet].lines.append(batch.records.lines[record])
        }
    }
}

/// The message of the error that reading a workbook throws; nil where it throws none.
func failure(_ bytes: [UInt8], _ kind: FileKind = .zip, only: String? = nil, limits: WorkbookLimits = WorkbookLimits()) -> String? {
    do { _ = try ReadWorkbook(bytes, kind, only: only, limits: limits) } catch {
        return error.code == .unprocessableFile && !error.issues.isEmpty ? error.message : "wrong code: \(error.message)"
    }
    return nil
}
