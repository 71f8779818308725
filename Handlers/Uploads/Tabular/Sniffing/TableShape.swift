/// How a file of delimited text is to be read, and how sure that is.
public struct TableShape: Sendable, Hashable, Codable {
    /// How its characters are written.
    public var encoding = TextEncoding.utf8
    /// How many bytes of byte order mark it begins with.
    public var mark = 0
    /// What stands between two fields: one character, and a blank where one belongs to it.
    public var delimiter = ","
    /// Whether no byte separates fields, so that each line is one; ``delimiter`` is a comma then.
    public var isUndelimited = false
    /// What encloses a field; nil where nothing does.
    public var quote: String? = "\""
    /// What takes the meaning from a quote within quotes: the quote itself, or another character.
    public var escape: String? = "\""
    /// How most lines end.
    public var lineEnd = LineEnd.lf
    /// Lines above the header, or above the data where there is none.
    public var skipRows = 0
    /// Records that make up the header, units below the names among them; 0 where there is none.
    public var headerRows = 1
    /// The header: a text for each column, those of several rows joined by a blank; nil where there is none.
    public var header: [String]?
    /// How many columns most records have.
    public var columns = 1
    /// Whether all records but the header end with one delimiter too many.
    public var hasTrailingDelimiter = false
    /// Whether a line of one field that begins with `#` is a comment.
    public var hasComments = true
    /// Which columns hold numbers, dates or times, as far as the sample shows.
    public var typedColumns: [Bool] = []
    /// Whether footnotes and further tables end the table, and short records are filled up. Defaults to true.
    public var isTidied = true
    /// How sure each guess is.
    public var confidence = Confidence()
    /// Why each guess was made: the name of the guess, and the reason.
    public var reasons: [String: String] = [:]

    /// A comma, `"`, a header in the first line.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case encoding, mark, delimiter, quote, escape, header, columns, confidence, reasons
        case lineEnd = "line_end"
        case skipRows = "skip_rows"
        case headerRows = "header_rows"
        case hasTrailingDelimiter = "trailing_delimiter"
        case hasComments = "comments"
        case typedColumns = "typed_columns"
        case isTidied = "tidied"
        case isUndelimited = "undelimited"
    }

    /// How sure the guesses are, each 0…1.
    public struct Confidence: Sendable, Hashable, Codable {
        public var encoding = 1.0
        public var dialect = 1.0
        public var structure = 1.0

        /// Sure.
        public init() {}
    }

    /// What ends a line.
    public enum LineEnd: String, Sendable, Hashable, Codable { case lf, crlf, cr, mixed }

    /// What the scanner needs of it.
    var dialect: DelimitedDialect {
        let bytes = Array(delimiter.utf8)
        return DelimitedDialect(
            delimiter: isUndelimited ? nil : bytes.first, quote: quote?.utf8.first,
            escape: escape == quote ? nil : escape?.utf8.first, isPadded: bytes.count > 1 && bytes[1] == 0x20)
    }

}

/// What need not be guessed: the same names in a query and in JSON.
public struct ShapeOverrides: Sendable, Hashable, Codable {
    /// A name such as `utf-8`, `cp1252`, `shift_jis`.
    public var encoding: String?
    /// One character of ASCII; `tab` and `space` are understood too.
    public var delimiter: String?
    /// One character of ASCII; empty for none.
    public var quote: String?
    /// One character of ASCII; the quote itself, or empty, for none beside the doubled quote.
    public var escape: String?
    /// Lines above the header, 0 or more.
    public var skipRows: Int?
    /// Records that make up the header, 0…10.
    public var headerRows: Int?
    /// Which of several tables of the file is read, from 1.
    public var table: Int?

    /// Nothing is given.
    public init() {}

    enum CodingKeys: String, CodingKey {
        case encoding, delimiter, quote, escape, table
        case skipRows = "skip_rows"
        case headerRows = "header_rows"
    }

    /// The same for a further table of the file, whose first line has that number.
    func later(line: Int, _ shape: TableShape) -> ShapeOverrides {
        var later = self
        later.encoding = nil
        later.delimiter = shape.isUndelimited ? nil : shape.delimiter
        later.quote = shape.quote ?? ""
        later.escape = shape.escape ?? ""
        later.skipRows = skipRows.flatMap { $0 >= line - 1 ? $0 - line + 1 : nil }
        return later
    }

    /// The byte that a text names; nil where none is given, an empty one where there shall be none.
    private static func byte(_ text: String?) -> UInt8?? {
        guard let text else { return .none }
        switch text {
        case "tab", "\\t": return .some(0x09)
        case "space": return .some(0x20)
        default: return .some(text.utf8.first.flatMap { $0 < 0x80 ? $0 : nil })
        }
    }

    var delimiterByte: UInt8?? { Self.byte(delimiter) }
    var quoteByte: UInt8?? { Self.byte(quote) }
    var escapeByte: UInt8?? {
        guard let given = Self.byte(escape) else { return .none }
        let enclosing: UInt8? = quoteByte ?? UInt8(ascii: "\"")
        return .some(given == enclosing ? nil : given)
    }
}
