import Containers
import Kernel
import TypedTables

/// Reads a workbook of Excel 2007 or later (ECMA-376 part 1, chapter 18), sheet after sheet, without holding more than its shared strings.
struct OpenXMLReader: ~Copyable, @unchecked Sendable {
    private enum Phase {
        case root(RelationshipsHandler)
        case workbook(WorkbookHandler)
        case relationships(RelationshipsHandler)
        case styles(StylesHandler)
        case strings(SharedStringsHandler)
        case sheet(SheetHandler)
        case between
        case done
    }

    private static let sliceBytes = 8 << 10
    private let archive: ZipDirectory
    private let limits: WorkbookLimits
    /// The one sheet to read; nil for all.
    private let only: String?
    private var phase = Phase.between
    private var file: ZipFileReader?
    private var parser: XMLParser?
    /// Bytes of the part that are still to be parsed.
    private var piece: ArraySlice<UInt8> = []
    private var waiting: [WorkbookStep] = []
    private var workbookName = "xl/workbook.xml"
    private var workbook = WorkbookHandler()
    private var relationships = Relationships()
    private var formats: [NumberFormat] = []
    private var strings = SharedStrings()
    private var nextSheet = 0

    init(_ archive: ZipDirectory, only: String?, limits: WorkbookLimits) throws(AppError) {
        self.archive = archive
        self.only = only
        self.limits = limits
        let root = RelationshipsHandler(of: "")
        if try !open("_rels/.rels", root, .root(root)) { try beginWorkbook() }
    }

    /// Whether an archive holds such a workbook.
    static func accepts(_ archive: ZipDirectory) -> Bool {
        archive.entry(named: "xl/workbook.xml") != nil
            || archive.entry(named: "[Content_Types].xml") != nil && archive.entries.contains { $0.name.lowercased().hasSuffix("/workbook.xml") }
    }

    mutating func supply(_ bytes: [UInt8]) throws(AppError) { try file?.supply(bytes) }

    mutating func next() throws(AppError) -> WorkbookStep {
        while true {
            if !waiting.isEmpty { return waiting.removeFirst() }
            if case .done = phase { return .end }
            if case .sheet(let sheet) = phase, let batch = sheet.take() { return .records(batch) }
            if !piece.isEmpty {
                // In small slices: what a slice becomes is held until it is taken, and a reference to a long text is short.
                try parser!.feed(piece.prefix(Self.sliceBytes))
                piece = piece.dropFirst(Self.sliceBytes)
                continue
            }
            guard file != nil else {
                try beginSheet()
                continue
            }
            switch try file!.next() {
            case .read(let range): return .read(range)
            case .bytes(let bytes): piece = bytes[...]
            case .end: try endPart()
            }
        }
    }

    /// Begins to read a part; false where there is none of that name.
    private mutating func open(_ name: String, _ handler: XMLHandler, _ phase: Phase) throws(AppError) -> Bool {
        guard let entry = archive.entry(named: name) else { return false }
        file = try ZipFileReader(entry, limits: limits.container)
        parser = XMLParser(handler, part: "part \(name.prefix(100))")
        self.phase = phase
        return true
    }

    private mutating func endPart() throws(AppError) {
        try parser!.feed([], isFinal: true)
        file = nil
        parser = nil
        let ended = phase
        phase = .between
        switch ended {
        case .root(let handler):
            if let target = handler.relationships.first("officeDocument") { workbookName = target.name }
            try beginWorkbook()
        case .workbook(let handler):
            workbook = handler
            let rels = RelationshipsHandler(of: workbookName)
            if try !open(Relationships.place(of: workbookName), rels, .relationships(rels)) { try beginStyles() }
        case .relationships(let handler):
            relationships = handler.relationships
            try beginStyles()
        case .styles(let handler):
            formats = handler.formats
            try beginStrings()
        case .strings(let handler): strings = handler.strings
        case .sheet(let handler):
            while let batch = handler.takeRest() { waiting.append(.records(batch)) }
            waiting.append(
                .sheetEnd(SheetSummary(rows: handler.cells.builder.record, merges: handler.merges, warnings: handler.cells.warnings.all)))
        case .between, .done: break
        }
    }

    private mutating func beginWorkbook() throws(AppError) {
        let handler = WorkbookHandler()
        if try open(workbookName, handler, .workbook(handler)) { return }
        workbookName = "xl/workbook.xml"
        guard try open(workbookName, handler, .workbook(handler)) else { throw WorkbookFault.file("the workbook has no part \(workbookName)") }
    }

    private mutating func beginStyles() throws(AppError) {
        let handler = StylesHandler()
        if try !open(relationships.first("styles")?.name ?? "xl/styles.xml", handler, .styles(handler)) { try beginStrings() }
    }

    private mutating func beginStrings() throws(AppError) {
        let handler = SharedStringsHandler()
        _ = try open(relationships.first("sharedStrings")?.name ?? "xl/sharedStrings.xml", handler, .strings(handler))
    }

    /// Begins the next sheet, past those that are charts or dialogs; behind the last one all is done.
    private mutating func beginSheet() throws(AppError) {
        while nextSheet < workbook.sheets.count {
            let (info, id) = workbook.sheets[nextSheet]
            nextSheet += 1
            let target = relationships.byID[id]
            guard target.map({ $0.type == "worksheet" }) ?? true, only.map({ $0 == info.name }) ?? true else { continue }
            waiting.append(.sheet(info))
            let name = target?.name ?? "xl/worksheets/sheet\(nextSheet).xml"
            let handler = SheetHandler(
                strings: strings, formats: formats, epoch: workbook.epoch, limits: limits.typed, part: "sheet \"\(info.name.prefix(64))\"")
            if try open(name, handler, .sheet(handler)) { return }
            let missing = TableWarning(row: nil, kind: "no_part", message: "the workbook has no part \(name.prefix(100)) for this sheet")
            waiting.append(.sheetEnd(SheetSummary(rows: 0, merges: [], warnings: [missing])))
            return
        }
        if let only, !workbook.sheets.contains(where: { $0.info.name == only }) { throw WorkbookFault.noSheet(only, workbook.sheets.map(\.info)) }
        phase = .done
    }
}
