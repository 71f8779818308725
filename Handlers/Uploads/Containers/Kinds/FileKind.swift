/// What a file is, by its first bytes; its name only decides between texts.
public enum FileKind: Sendable, Hashable {
    /// Text, taken for a delimited table.
    case text
    /// JSON: one value, or an object a line.
    case json
    /// Something packed by gzip.
    case gzip
    /// A zip archive: a workbook of Excel 2007 or later, an OpenDocument sheet, or just files.
    case zip
    /// A compound file: a workbook of Excel 5 to 2003, or an encrypted one of today.
    case compound
    /// Something that holds no table that is read here, as it is called: "a PDF document".
    case foreign(String)

    /// How many bytes of the beginning are looked at.
    public static let headBytes = 64 << 10

    /// The kind of a file.
    ///
    /// - Parameters:
    ///   - head: its first bytes, ``headBytes`` or all it has.
    ///   - name: what it is called, where that is known.
    public init(head: [UInt8], name: String? = nil) {
        let suffix = FileSuffix(name)
        if let kind = Self.packed(head) {
            self = kind
        } else if let what = ForeignMagic.match(head) {
            self = .foreign(what)
        } else if suffix.isJSON {
            self = .json
        } else if let what = ForeignText.match(head) {
            self = .foreign(what)
        } else {
            self = !suffix.isDelimited && TextShape.looksLikeJSON(head) ? .json : .text
        }
    }

    private static func packed(_ head: [UInt8]) -> FileKind? {
        if head.starts(with: [0x1F, 0x8B, 0x08]) { return .gzip }
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0x50, 0x4B, 0x05, 0x06]) { return .zip }
        // An archive that was cut into parts, or into one.
        if head.starts(with: [0x50, 0x4B, 0x30, 0x30, 0x50, 0x4B, 0x03, 0x04]) { return .zip }
        return head.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) ? .compound : nil
    }
}

/// What the end of a file's name says.
struct FileSuffix {
    private let suffix: String

    /// The last suffix, that of a compression left out.
    init(_ name: String?) {
        var parts = (name ?? "").lowercased().split(separator: ".", omittingEmptySubsequences: false).dropFirst()
        if parts.last == "gz" { parts.removeLast() }
        suffix = parts.last.map(String.init) ?? ""
    }

    var isJSON: Bool { ["json", "ndjson", "jsonl", "geojson"].contains(suffix) }
    var isDelimited: Bool { ["csv", "tsv", "tab", "psv", "txt"].contains(suffix) }
}
