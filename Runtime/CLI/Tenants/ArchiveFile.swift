import Kernel

#if canImport(Glibc)
    import Glibc
#endif

/// Where an archive is written: a file that is there as a whole or not at all, or standard output.
struct ArchiveFile: ~Copyable {
    private let path: String?
    private let temporary: String
    private let descriptor: Int32
    private var isKept = false

    /// `-` is standard output. Throws `INTERNAL_ERROR` where no file can be made there.
    init(writing path: String) throws(AppError) {
        self.path = path == "-" ? nil : path
        temporary = "\(path).new.\(getpid())"
        descriptor = path == "-" ? 1 : open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AppError(.internalError, "cannot create \(temporary): \(String(cString: strerror(errno)))") }
    }

    deinit {
        guard path != nil else { return }
        close(descriptor)
        if !isKept { unlink(temporary) }
    }

    func write(_ bytes: [UInt8]) throws(AppError) {
        var position = 0
        while position < bytes.count {
            let count = bytes[position...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw AppError(.internalError, "cannot write the archive: \(String(cString: strerror(errno)))") }
            position += count
        }
    }

    /// All of it is written: it takes its name, also against a power cut.
    mutating func keep() throws(AppError) {
        guard let path else { return }
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
            throw AppError(.internalError, "cannot write \(path): \(String(cString: strerror(errno)))")
        }
        isKept = true
    }

    /// Hands out the bytes of a file or, where it is `-`, of standard input, in pieces. Throws `NOT_FOUND` where there is none.
    static func forEachPiece(of path: String, _ body: ([UInt8]) async throws -> Void) async throws {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw AppError(errno == ENOENT ? .notFound : .internalError, "cannot open \(path): \(String(cString: strerror(errno)))")
        }
        defer { if path != "-" { close(descriptor) } }
        while true {
            var count = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, filled in
                repeat { count = Glibc.read(descriptor, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
                filled = max(0, count)
            }
            guard count >= 0 else { throw AppError(.internalError, "cannot read \(path): \(String(cString: strerror(errno)))") }
            if count == 0 { return }
            try await body(piece)
        }
    }
}
