import Kernel

/// Reads a workbook of Excel 5 to 2003: BIFF records within a compound file. Its tables point anywhere, so it is held whole.
struct BinaryReader: Sendable {
    private let size: Int
    private let only: String?
    private let limits: WorkbookLimits
    private var stream: [UInt8] = []
    private var book: BinaryBook?
    private var sheet: BinarySheet?
    private var nextSheet = 0

    init(size: Int, only: String?, limits: WorkbookLimits) throws(AppError) {
        guard size <= limits.compoundBytes else {
            throw WorkbookFault.file(
                "the workbook has \(size) bytes; of this kind (XLS) at most \(limits.compoundBytes) are read: save it as XLSX or CSV")
        }
        self.size = size
        self.only = only
        self.limits = limits
    }

    mutating func supply(_ bytes: [UInt8]) throws(AppError) {
        guard bytes.count == size else { throw WorkbookFault.file("the workbook ends before its streams do") }
        let file = try CompoundFile(bytes)
        if file.has("EncryptedPackage") || file.has("EncryptionInfo") { throw WorkbookFault.encrypted }
        var found = try file.stream("Workbook")
        if found == nil { found = try file.stream("Book") }
        guard let found else {
            throw WorkbookFault.file("the file is a document of an older Office, but no workbook; expected XLSX, XLS, CSV or JSON")
        }
        stream = found
        let book = try BinaryBook(found)
        if let only, !book.sheets.contains(where: { $0.info.name == only }) { throw WorkbookFault.noSheet(only, book.sheets.map(\.info)) }
        self.book = book
    }

    mutating func next() throws(AppError) -> WorkbookStep {
        guard let book else { return .read(0..<size) }
        if sheet != nil {
            if let batch = try sheet!.next() { return .records(batch) }
            let summary = sheet!.summary
            sheet = nil
            return .sheetEnd(summary)
        }
        while nextSheet < book.sheets.count {
            let found = book.sheets[nextSheet]
            nextSheet += 1
            guard only.map({ $0 == found.info.name }) ?? true else { continue }
            sheet = try BinarySheet(book, stream, found, limits: limits.typed)
            return .sheet(found.info)
        }
        return .end
    }
}
