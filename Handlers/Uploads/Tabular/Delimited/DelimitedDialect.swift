/// How a file separates, encloses and escapes its fields.
public struct DelimitedDialect: Sendable, Hashable {
    /// The byte between two fields; nil where each line is one field.
    public var delimiter: UInt8?
    /// The byte around a field that holds delimiters or line ends; doubled inside it. Nil where no byte does that.
    public var quote: UInt8?
    /// A byte that takes the meaning from the one behind it within quotes, beside the doubled quote; nil where there is none.
    public var escape: UInt8?
    /// Whether one blank behind each delimiter belongs to it.
    public var isPadded: Bool

    /// A dialect; by default with `"`, no escape and no padding.
    public init(delimiter: UInt8?, quote: UInt8? = UInt8(ascii: "\""), escape: UInt8? = nil, isPadded: Bool = false) {
        self.delimiter = delimiter
        self.quote = quote
        self.escape = escape
        self.isPadded = isPadded
    }

    /// The delimiter as users know it: `,` where there is none, `, ` where a blank belongs to it.
    public var delimiterText: String {
        String(decoding: [delimiter ?? UInt8(ascii: ",")] + (isPadded ? [0x20] : []), as: UTF8.self)
    }

    /// Bytes without a meaning are NUL, which decoded text does not hold.
    var delimiterByte: UInt8 { delimiter ?? 0 }
    var quoteByte: UInt8 { quote ?? 0 }
    var escapeByte: UInt8 { escape ?? 0 }
}
