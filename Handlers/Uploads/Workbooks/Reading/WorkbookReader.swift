public import Containers
public import Kernel

/// Reads the sheets of a workbook: XLSX, XLSM and ODS, which are archives, and XLS of Excel 5 to 2003, as a machine without I/O.
///
/// ```
/// reading: while true {
///     switch try reader.next() {
///     case .read(let range): try reader.supply(bytes(of: range))
///     case .sheet(let info): …
///     case .records(let batch): …
///     case .sheetEnd(let summary): …
///     case .end: break reading
///     }
/// }
/// ```
/// Numbers are decimals, dates ISO 8601 by the epoch that the workbook uses, formulas what they gave when the workbook was saved. Throws
/// `UNPROCESSABLE_FILE`, naming the part, sheet, row or cell, where the file is damaged, encrypted, no workbook, or beyond ``WorkbookLimits``.
public struct WorkbookReader: ~Copyable, Sendable {
    private let limits: WorkbookLimits
    private let only: String?
    private let size: Int
    private var archive: ZipDirectory?
    private var openXML: OpenXMLReader?
    private var openDocument: OpenDocumentReader?
    private var binary: BinaryReader?

    /// A reader of a file of that kind and size in bytes.
    ///
    /// - Parameter only: the name of the one sheet to read; nil for all of them.
    public init(_ kind: FileKind, size: Int, only: String? = nil, limits: WorkbookLimits = WorkbookLimits()) throws(AppError) {
        self.limits = limits
        self.only = only
        self.size = size
        switch kind {
        case .zip: archive = ZipDirectory(size: size, limits: limits.container)
        case .compound: binary = try BinaryReader(size: size, only: only, limits: limits)
        default: throw WorkbookFault.file("the file is no workbook; expected XLSX, XLSM, ODS or XLS")
        }
    }

    /// A reader of an archive whose directory is known already.
    public init(_ archive: ZipDirectory, only: String? = nil, limits: WorkbookLimits = WorkbookLimits()) throws(AppError) {
        self.limits = limits
        self.only = only
        size = 0
        try open(archive)
    }

    /// Whether an archive is a workbook, read here or not.
    public static func isWorkbook(_ archive: ZipDirectory) -> Bool {
        OpenXMLReader.accepts(archive) || OpenDocumentReader.accepts(archive) || refusal(archive) != nil
    }

    /// Takes the bytes that the last step asked for; fewer where the file ends before.
    public mutating func supply(_ bytes: [UInt8]) throws(AppError) {
        if openXML != nil { return try openXML!.supply(bytes) }
        if openDocument != nil { return try openDocument!.supply(bytes) }
        if binary != nil { return try binary!.supply(bytes) }
        try archive?.supply(bytes)
    }

    /// What comes next.
    public mutating func next() throws(AppError) -> WorkbookStep {
        if openXML != nil { return try openXML!.next() }
        if openDocument != nil { return try openDocument!.next() }
        if binary != nil { return try binary!.next() }
        guard let archive else { return .end }
        if let range = archive.wanted { return .read(range) }
        try open(archive)
        return try next()
    }

    private mutating func open(_ archive: ZipDirectory) throws(AppError) {
        if OpenXMLReader.accepts(archive) {
            openXML = try OpenXMLReader(archive, only: only, limits: limits)
        } else if OpenDocumentReader.accepts(archive) {
            openDocument = try OpenDocumentReader(archive, only: only, limits: limits)
        } else {
            throw Self.refusal(archive) ?? WorkbookFault.file("the zip archive holds no workbook; expected XLSX, XLSM or ODS")
        }
    }

    /// What else Office keeps in archives.
    private static func refusal(_ archive: ZipDirectory) -> AppError? {
        let kinds = [("xl/workbook.bin", "an XLSB workbook"), ("word/document.xml", "a Word document"), ("ppt/presentation.xml", "a presentation")]
        for (part, what) in kinds where archive.entry(named: part) != nil {
            return WorkbookFault.file("the file is \(what); expected XLSX, XLSM, ODS, XLS, CSV or JSON")
        }
        return nil
    }
}
