import Tokens

/// Where the bytes of an object lie in its sealed form: chunks of 64 KB, each with its tag, then a footer. Arithmetic alone.
///
/// | bytes | |
/// |---|---|
/// | 65,552 each | a chunk of 65,536 bytes and its tag; the last may be shorter, and is empty only where the object is |
/// | 8 | `TNTRYOB1` |
/// | 4 | version of the tenant's data key, big-endian |
/// | 32 | salt |
/// | 64 | size (8, big-endian), time (8), SHA-256 (32), sealed, and their tag |
enum SealedLayout {
    static let chunk = 64 << 10
    static let sealedChunk = chunk + StreamCipher.tagBytes
    static let footer = 8 + 4 + 32 + 48 + StreamCipher.tagBytes
    /// A chunk's number has 4 bytes.
    static let largest = chunk << 32

    /// How many chunks so many bytes are.
    static func chunks(of size: Int) -> Int { max(1, (size + chunk - 1) / chunk) }

    /// The length of the sealed form of so many bytes.
    static func sealed(_ size: Int) -> Int { size + chunks(of: size) * StreamCipher.tagBytes + footer }

    /// How many bytes a sealed form of a length holds; nil where none has that length.
    static func size(ofSealed length: Int) -> Int? {
        let body = length - footer
        guard body >= StreamCipher.tagBytes else { return nil }
        let size = body - (body + sealedChunk - 1) / sealedChunk * StreamCipher.tagBytes
        return size >= 0 && sealed(size) == length ? size : nil
    }

    /// Where the chunks of those numbers lie in an object of a size.
    static func place(of numbers: Range<Int>, in size: Int) -> Range<Int> {
        let end = min(numbers.upperBound * sealedChunk, sealed(size) - footer)
        return numbers.lowerBound * sealedChunk..<end
    }
}
