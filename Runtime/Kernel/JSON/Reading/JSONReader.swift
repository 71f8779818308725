/// Reads JSON text strictly after RFC 8259, within limits.
///
/// Refused beyond the grammar: invalid UTF-8 and a byte order mark, two members of one name (names that Unicode holds
/// equivalent count as one), lone surrogates, numbers beyond a double's range, anything after the value.
/// Numbers too close to zero for a double become zero.
public struct JSONReader: Sendable {
    /// How deep arrays and objects may nest. Defaults to 64; at most 512, since each level takes stack.
    public let maximumDepth: Int
    /// How long the text may be, in bytes. Defaults to 16 MiB.
    public let maximumBytes: Int
    /// Whether strings may hold `\u0000`, which Postgres cannot store as text. Defaults to false.
    public let allowsNUL: Bool

    /// A reader with these limits.
    public init(maximumDepth: Int = 64, maximumBytes: Int = 16 << 20, allowsNUL: Bool = false) {
        self.maximumDepth = min(maximumDepth, 512)
        self.maximumBytes = maximumBytes
        self.allowsNUL = allowsNUL
    }

    /// The one value in the text.
    ///
    /// Throws `BAD_REQUEST` naming line, column and byte (line and column from 1, byte from 0) and what was expected there;
    /// `PAYLOAD_TOO_LARGE` above the limit of bytes.
    public func read(_ bytes: [UInt8]) throws(AppError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { (buffer) throws(AppError) -> JSONValue in try read(buffer) }
    }

    /// The one value in a part of an array, as ``read(_:)-([UInt8])``.
    public func read(_ bytes: ArraySlice<UInt8>) throws(AppError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { (buffer) throws(AppError) -> JSONValue in try read(buffer) }
    }

    /// The one value in borrowed memory, as ``read(_:)-([UInt8])``. Nothing of the memory is kept.
    public func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(AppError) -> JSONValue {
        guard bytes.count <= maximumBytes else {
            throw AppError(.tooLarge, "The JSON text has \(bytes.count) bytes; at most \(maximumBytes) are read")
        }
        var parser = JSONParser(bytes, limits: self)
        return try parser.document()
    }
}
