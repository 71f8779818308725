import Containers
import Kernel

/// Reads the tables of an OpenDocument sheet.
struct OpenDocumentReader: ~Copyable, @unchecked Sendable {
    private static let content = "content.xml"
    private let handler: DocumentHandler
    private var file: ZipFileReader
    private var parser: XMLParser
    private var hasEnded = false

    init(_ archive: ZipDirectory, only: String?, limits: WorkbookLimits) throws(AppError) {
        guard let entry = archive.entry(named: Self.content) else { throw WorkbookFault.file("the document has no part \(Self.content)") }
        file = try ZipFileReader(entry, limits: limits.container)
        handler = DocumentHandler(only: only, limits: limits.typed)
        parser = XMLParser(handler, part: Self.content)
    }

    /// Whether an archive holds such a document.
    static func accepts(_ archive: ZipDirectory) -> Bool {
        archive.entry(named: "mimetype") != nil && archive.entry(named: content) != nil
    }

    mutating func supply(_ bytes: [UInt8]) throws(AppError) { try file.supply(bytes) }

    mutating func next() throws(AppError) -> WorkbookStep {
        while true {
            if let step = handler.take() { return step }
            if hasEnded { return .end }
            switch try file.next() {
            case .read(let range): return .read(range)
            case .bytes(let piece): try parser.feed(piece[...])
            case .end:
                try parser.feed([], isFinal: true)
                hasEnded = true
            }
        }
    }
}
