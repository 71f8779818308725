/// How a file separates and encloses its fields.
public struct Dialect: Sendable, Hashable {
    /// The byte between two fields.
    public var delimiter: UInt8
    /// The byte around a field that holds delimiters or line ends; doubled inside it (RFC 4180 section 2).
    public var quote: UInt8

    /// A dialect; the quote is `"` unless said otherwise.
    public init(delimiter: UInt8, quote: UInt8 = UInt8(ascii: "\"")) {
        self.delimiter = delimiter
        self.quote = quote
    }

    /// Comma, semicolon, tab and bar: what is tried, the likeliest first.
    static let candidates: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")]
}
