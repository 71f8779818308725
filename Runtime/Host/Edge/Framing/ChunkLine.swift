import Kernel

/// The line in front of a chunk: its size in hexadecimal digits, then perhaps extensions, which are overlooked (RFC 9112 section 7.1).
enum ChunkLine {
    /// The chunk's size. Throws `BAD_REQUEST`.
    static func size(_ line: UnsafeRawBufferPointer) throws(AppError) -> Int {
        var size = 0
        var digits = 0
        while digits < line.count, let digit = digit(line[digits]) {
            size = size << 4 | digit
            digits += 1
            guard digits <= 16, size >= 0, size < 1 << 60 else { throw AppError(.badRequest, "A chunk's size is larger than any body") }
        }
        let rest = line[digits...]
        guard digits > 0, rest.isEmpty || rest.first == UInt8(ascii: ";") else { throw AppError(.badRequest, "A chunk's size is wrong") }
        guard rest.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 }) else {
            throw AppError(.badRequest, "A chunk's extension holds a character that is not allowed there")
        }
        return size
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x37
        case 0x61...0x66: Int(byte) - 0x57
        default: nil
        }
    }
}

/// Bytes of a chunked body that are no body. Each chunk may have a line in proportion to its size; what is above that is counted. A pure value.
struct ChunkOverhead {
    private var excess = 0

    mutating func add(line: Int, chunk: Int, limit: Int) throws(AppError) {
        excess = max(0, excess + line + 4 - 16 - min(chunk, 1 << 20) * 2)
        guard excess <= limit else { throw AppError(.badRequest, "The body has more chunk lines and extensions than bytes") }
    }
}
