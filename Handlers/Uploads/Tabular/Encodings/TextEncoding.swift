/// How a file writes its characters as bytes. The names are the ones that answers and overrides use.
public enum TextEncoding: String, Sendable, Hashable, Codable, CaseIterable {
    case utf8 = "utf-8"
    case utf16le = "utf-16le"
    case utf16be = "utf-16be"
    case utf32le = "utf-32le"
    case utf32be = "utf-32be"
    case cp1252
    case latin1 = "iso-8859-1"
    case latin9 = "iso-8859-15"
    case latin2 = "iso-8859-2"
    case cp1250
    case cp1251
    case shiftJIS = "shift_jis"
    case eucJP = "euc-jp"
    case iso2022JP = "iso-2022-jp"
    case gb18030
    case big5 = "big5hkscs"
    case cp949

    /// The encoding of that name or of a usual other one, upper or lower case; nil where none is known by it.
    public init?(named name: String) {
        let lowered = name.lowercased().replacing("_", with: "-")
        if let known = Self.allCases.first(where: { $0.rawValue.replacing("_", with: "-") == lowered }) {
            self = known
        } else if let alias = Self.aliases[lowered] {
            self = alias
        } else {
            return nil
        }
    }

    private static let aliases: [String: TextEncoding] = [
        "utf8": .utf8, "utf-8-sig": .utf8, "ascii": .utf8, "us-ascii": .utf8, "utf-16": .utf16le, "utf-32": .utf32le, "windows-1252": .cp1252,
        "latin1": .latin1, "latin-1": .latin1, "iso8859-1": .latin1, "latin-9": .latin9, "iso8859-15": .latin9, "latin-2": .latin2,
        "windows-1250": .cp1250, "windows-1251": .cp1251, "sjis": .shiftJIS, "cp932": .shiftJIS, "windows-31j": .shiftJIS, "eucjp": .eucJP,
        "gbk": .gb18030, "gb2312": .gb18030, "cp936": .gb18030, "big5": .big5, "cp950": .big5, "big5-hkscs": .big5, "euc-kr": .cp949,
        "windows-949": .cp949, "ks-c-5601-1987": .cp949,
    ]

    /// What iconv(3) calls it.
    var iconvName: String {
        switch self {
        case .utf8: "UTF-8"
        case .utf16le: "UTF-16LE"
        case .utf16be: "UTF-16BE"
        case .utf32le: "UTF-32LE"
        case .utf32be: "UTF-32BE"
        case .cp1252: "CP1252"
        case .latin1: "ISO-8859-1"
        case .latin9: "ISO-8859-15"
        case .latin2: "ISO-8859-2"
        case .cp1250: "CP1250"
        case .cp1251: "CP1251"
        case .shiftJIS: "CP932"
        case .eucJP: "EUC-JP"
        case .iso2022JP: "ISO-2022-JP"
        case .gb18030: "GB18030"
        case .big5: "BIG5-HKSCS"
        case .cp949: "CP949"
        }
    }
}

/// The mark that some programs put in front of a text (Unicode 15 section 23.8).
enum ByteOrderMark {
    /// The encoding that a mark at the beginning names, and how long it is.
    static func find(_ bytes: UnsafeBufferPointer<UInt8>) -> (encoding: TextEncoding, length: Int)? {
        func begins(_ mark: [UInt8]) -> Bool { bytes.count >= mark.count && zip(bytes, mark).allSatisfy { $0 == $1 } }
        if begins([0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if begins([0xFF, 0xFE, 0, 0]) { return (.utf32le, 4) }
        if begins([0, 0, 0xFE, 0xFF]) { return (.utf32be, 4) }
        if begins([0xFF, 0xFE]) { return (.utf16le, 2) }
        if begins([0xFE, 0xFF]) { return (.utf16be, 2) }
        if begins([0x84, 0x31, 0x95, 0x33]) { return (.gb18030, 4) }
        return nil
    }
}
