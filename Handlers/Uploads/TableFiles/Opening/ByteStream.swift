import Containers
import Kernel

/// A file's bytes from its beginning on, unpacked where it is packed.
struct ByteStream: ~Copyable, Sendable {
    enum Step {
        case read(Range<Int>)
        case bytes([UInt8])
        case end
    }

    private let size: Int
    private let pieceBytes: Int
    private var offset = 0
    private var waiting: [UInt8]?
    private var gzip: GzipReader?
    private var member: ZipFileReader?
    private var hasEnded = false

    /// The file as it is.
    init(plain size: Int, limits: TableFileLimits) {
        self.size = size
        pieceBytes = limits.pieceBytes
    }

    /// A file that gzip has packed.
    init(gzip size: Int, limits: TableFileLimits) {
        self.size = size
        pieceBytes = limits.container.pieceBytes
        gzip = GzipReader(limits: limits.container)
    }

    /// A file of an archive.
    init(_ entry: ZipEntry, limits: TableFileLimits) throws(AppError) {
        size = 0
        pieceBytes = 0
        member = try ZipFileReader(entry, limits: limits.container)
    }

    mutating func supply(_ bytes: [UInt8]) throws(AppError) {
        if member != nil { return try member!.supply(bytes) }
        guard bytes.count == min(pieceBytes, size - offset) else {
            throw TableFileFault.file("the file ended at byte \(offset + bytes.count) of \(size)")
        }
        offset += bytes.count
        if gzip != nil { gzip!.feed(bytes) } else { waiting = bytes }
    }

    mutating func next() throws(AppError) -> Step {
        if hasEnded { return .end }
        if member != nil {
            switch try member!.next() {
            case .read(let range): return .read(range)
            case .bytes(let piece): return .bytes(piece)
            case .end:
                hasEnded = true
                return .end
            }
        }
        if let bytes = waiting {
            waiting = nil
            return .bytes(bytes)
        }
        if gzip != nil, let piece = try gzip!.next() { return .bytes(piece) }
        if offset < size { return .read(offset..<min(size, offset + pieceBytes)) }
        if gzip != nil { try gzip!.finish() }
        hasEnded = true
        return .end
    }
}
