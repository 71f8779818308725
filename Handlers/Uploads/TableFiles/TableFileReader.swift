import Containers
import JSONTables
public import Kernel
import TypedTables
import Workbooks

/// Opens a file of whichever kind, by its bytes, and reads the tables in it, as a machine without I/O.
///
/// Workbooks and JSON come as records; of a delimited text the bytes come, unpacked, for the reader of delimited tables. A file that is packed is
/// unpacked once: gzip, or a zip archive with one file in it.
/// ```
/// reading: while true {
///     switch try reader.next() {
///     case .read(let range): try reader.supply(bytes(of: range))
///     case .text(let bytes): try delimited.feed(bytes)
///     case .records(let batch): …
///     case .end: break reading
///     default: …
///     }
/// }
/// ```
/// Throws `UNSUPPORTED_MEDIA_TYPE` for a kind of file that is not read here, `UNPROCESSABLE_FILE` with the place for one that cannot be read.
public struct TableFileReader: ~Copyable, Sendable {
    /// What an importer may choose.
    public struct Choice: Sendable, Hashable {
        /// The file's name, which tells JSON from other texts; nil where it has none.
        public var name: String?
        /// The file within an archive.
        public var member: String?
        /// The one sheet to read.
        public var sheet: String?

        /// Nothing but perhaps the name.
        public init(name: String? = nil, member: String? = nil, sheet: String? = nil) {
            self.name = name
            self.member = member
            self.sheet = sheet
        }
    }

    private enum State { case outside, archive, inside, text, json, held, workbook, end }

    private let size: Int
    private let choice: Choice
    private let limits: TableFileLimits
    private var state = State.outside
    private var steps: [TableFileStep] = []
    private var archive: ZipDirectory?
    private var stream: ByteStream?
    private var workbook: WorkbookReader?
    private var json: JSONTableReader?
    private var container: String?
    private var member: String?
    /// The beginning of what was unpacked, then all of it where it is a workbook.
    private var held: [UInt8] = []

    /// A reader of a file of that many bytes.
    public init(size: Int, choice: Choice = Choice(), limits: TableFileLimits = TableFileLimits()) {
        self.size = size
        self.choice = choice
        self.limits = limits
    }

    /// The columns of JSON found so far; nil for all else, and for records that are arrays.
    public var header: [String]? { json?.header }

    /// Takes the bytes that the last step asked for; fewer where the file ends before.
    public mutating func supply(_ bytes: [UInt8]) throws(AppError) {
        switch state {
        case .outside: try openOutside(bytes)
        case .archive: try archive?.supply(bytes)
        case .inside, .text, .json: if stream != nil { try stream!.supply(bytes) }
        case .workbook: if workbook != nil { try workbook!.supply(bytes) }
        case .held, .end: break
        }
    }

    /// What comes next.
    public mutating func next() throws(AppError) -> TableFileStep {
        while true {
            if !steps.isEmpty { return steps.removeFirst() }
            switch state {
            case .outside: return .read(0..<min(size, FileKind.headBytes))
            case .archive: if let range = archive?.wanted { return .read(range) } else { try openArchive() }
            case .inside, .text, .json: if let step = try nextOfStream() { return step }
            case .held, .workbook: if let step = try nextOfWorkbook() { return step }
            case .end: return .end
            }
        }
    }

    private mutating func openOutside(_ head: [UInt8]) throws(AppError) {
        switch FileKind(head: head, name: choice.name) {
        case .gzip:
            container = "gzip"
            stream = ByteStream(gzip: size, limits: limits)
            state = .inside
        case .zip:
            archive = ZipDirectory(size: size, limits: limits.container)
            state = .archive
        case .compound: try openWorkbook(WorkbookReader(.compound, size: size, only: choice.sheet, limits: limits.workbook))
        case .text:
            stream = ByteStream(plain: size, limits: limits)
            begin(.text)
        case .json:
            stream = ByteStream(plain: size, limits: limits)
            begin(.json)
        case .foreign(let what): throw TableFileFault.foreign(what)
        }
    }

    private mutating func openArchive() throws(AppError) {
        guard let archive else { return }
        if choice.member == nil, WorkbookReader.isWorkbook(archive) {
            return try openWorkbook(WorkbookReader(archive, only: choice.sheet, limits: limits.workbook))
        }
        let entry = try ArchiveMember.choose(archive, named: choice.member)
        (container, member) = ("zip", entry.name)
        stream = try ByteStream(entry, limits: limits)
        state = .inside
    }

    private mutating func openWorkbook(_ reader: consuming WorkbookReader) {
        workbook = consume reader
        opened(.workbook)
        state = .workbook
    }

    private mutating func opened(_ form: OpenedFile.Form) {
        steps.append(.opened(OpenedFile(form: form, container: container, member: member)))
    }

    private mutating func begin(_ form: OpenedFile.Form) {
        opened(form)
        state = form == .json ? .json : .text
        guard form == .json else { return }
        json = JSONTableReader(limits: limits.json)
        steps.append(.table(TableStart(name: nil, isHidden: false)))
    }

    /// The next step of a stream; nil where it is to be asked again.
    private mutating func nextOfStream() throws(AppError) -> TableFileStep? {
        guard stream != nil else { return .end }
        switch try stream!.next() {
        case .read(let range): return .read(range)
        case .bytes(let bytes): try take(bytes)
        case .end: try endStream()
        }
        return nil
    }

    private mutating func take(_ bytes: [UInt8]) throws(AppError) {
        switch state {
        case .text: steps.append(.text(bytes))
        case .json:
            try json?.feed(bytes)
            while let batch = json?.next() { steps.append(.records(batch)) }
        default:
            held += bytes
            if held.count >= FileKind.headBytes { try openInside(isWhole: false) }
        }
    }

    /// Looks at what was unpacked so far. A workbook is gathered whole, since its parts stand anywhere in it.
    private mutating func openInside(isWhole: Bool) throws(AppError) {
        let name = member ?? choice.name.map { $0.lowercased().hasSuffix(".gz") ? String($0.dropLast(3)) : $0 }
        let kind = FileKind(head: Array(held.prefix(FileKind.headBytes)), name: name)
        switch kind {
        case .text, .json:
            let found = held
            held = []
            begin(kind == .json ? .json : .text)
            try take(found)
        case .zip, .compound:
            guard held.count <= limits.heldBytes else {
                throw TableFileFault.file("the packed workbook has more than \(limits.heldBytes) bytes; unpack it first")
            }
            guard isWhole else { return }
            opened(.workbook)
            workbook = try WorkbookReader(kind, size: held.count, only: choice.sheet, limits: limits.workbook)
            state = .held
        case .gzip: throw TableFileFault.file("the file is packed more than once; unpack it first")
        case .foreign(let what): throw TableFileFault.foreign(what)
        }
    }

    private mutating func endStream() throws(AppError) {
        let ended = state
        if ended == .inside { try openInside(isWhole: true) }
        guard state != .held else { return }
        if state == .json {
            try json?.finish()
            while let batch = json?.next() { steps.append(.records(batch)) }
            steps.append(
                .tableEnd(TableEnd(records: json?.count ?? 0, header: json?.header, merges: [], warnings: json?.warnings ?? [])))
        }
        state = .end
    }

    private mutating func nextOfWorkbook() throws(AppError) -> TableFileStep? {
        guard workbook != nil else { return .end }
        switch try workbook!.next() {
        case .read(let range):
            guard state == .held else { return .read(range) }
            try workbook!.supply(Array(held[range.clamped(to: 0..<held.count)]))
            return nil
        case .sheet(let info): return .table(TableStart(name: info.name, isHidden: info.isHidden))
        case .records(let batch): return .records(batch)
        case .sheetEnd(let summary):
            return .tableEnd(TableEnd(records: summary.rows, header: nil, merges: summary.merges, warnings: summary.warnings))
        case .end: return .end
        }
    }
}
