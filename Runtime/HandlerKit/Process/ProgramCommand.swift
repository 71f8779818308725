import Glibc

/// Work that a handler's program does for the command line: `tenantry NAME FILE …` runs it, with the file as standard input.
///
/// It stands alone: no gateway, no tenant, no database. The manifest names it under `commands`.
public struct ProgramCommand: Sendable {
    /// As in the manifest, for example `inspect`.
    public let name: String
    let run: @Sendable (_ call: ProgramCall) throws -> Void

    /// A command; what it throws is printed as a line on standard error, and the program exits with 65, or 70 where it is not an ``AppError``.
    public init(_ name: String, run: @escaping @Sendable (_ call: ProgramCall) throws -> Void) {
        self.name = name
        self.run = run
    }
}

/// One call of a ``ProgramCommand``.
public struct ProgramCall: Sendable {
    /// What follows the command's name and the file.
    public let arguments: [String]
    /// The file's name as the user wrote it.
    public let fileName: String
    /// The file, open for reading; it can be read at any place.
    public let descriptor: Int32 = 0

    /// Hands out the file's bytes from where it stands, in pieces of up to 256 KB. Throws what the body throws, and `INTERNAL_ERROR` where reading fails.
    public func forEachPiece(_ body: ([UInt8]) throws(AppError) -> Void) throws(AppError) {
        while true {
            var count = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, filled in
                repeat { count = read(descriptor, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
                filled = max(0, count)
            }
            guard count >= 0 else { throw AppError(.internalError, "cannot read \(fileName): error \(errno)") }
            if count == 0 { return }
            try body(piece)
        }
    }

    /// The file's length in bytes; nil for what has none, such as a pipe, which can only be read from end to end.
    public var size: Int? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// The bytes of a part of the file; fewer where it ends before. Throws `INTERNAL_ERROR` where reading fails.
    public func bytes(of range: Range<Int>) throws(AppError) -> [UInt8] {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            while filled < range.count {
                let count = pread(descriptor, buffer.baseAddress! + filled, range.count - filled, range.lowerBound + filled)
                if count < 0, errno == EINTR { continue }
                failed = count < 0
                if count <= 0 { return }
                filled += count
            }
        }
        guard !failed else { throw AppError(.internalError, "cannot read \(fileName): error \(errno)") }
        return bytes
    }

    /// Puts bytes on standard output. Throws `CANCELLED` where nobody reads them.
    public func write(_ bytes: [UInt8]) throws(AppError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(1, $0.baseAddress! + written, $0.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw AppError(.cancelled, "nobody reads the answer") }
            written += count
        }
    }
}
