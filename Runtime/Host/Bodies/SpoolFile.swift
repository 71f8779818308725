import Glibc
import Kernel

/// A file without a name: it is gone when the last who uses it lets go, whatever happens to the process.
final class SpoolFile: Sendable {
    private let descriptor: Int32
    private let onEnd: @Sendable () -> Void

    /// Makes a file in a folder. `onEnd` is called when it is gone. Blocks.
    init(in folder: String, onEnd: @escaping @Sendable () -> Void) throws(AppError) {
        try File.makeFolder(folder)
        let path = "\(folder)/body.\(getpid()).\(UInt64.random(in: .min ... .max))"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AppError(.unavailable, detail: "cannot make a spool file in \(folder): error \(errno)") }
        unlink(path)
        self.onEnd = onEnd
    }

    deinit {
        close(descriptor)
        onEnd()
    }

    /// Appends bytes. Blocks. Throws `UNAVAILABLE` where the disk takes no more.
    func append(_ bytes: UnsafeRawBufferPointer) throws(AppError) {
        var written = 0
        while written < bytes.count {
            let count = write(descriptor, bytes.baseAddress! + written, bytes.count - written)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw AppError(.unavailable, "There is no room for a body of this size right now", detail: "spool: error \(errno)")
            }
            written += count
        }
    }

    /// That many bytes from an offset. Blocks. Throws `INTERNAL_ERROR` where there are fewer.
    func read(_ count: Int, at offset: Int) throws(AppError) -> [UInt8] {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
                if got < 0 && errno == EINTR { continue }
                guard got > 0 else { return }
                filled += got
            }
        }
        guard bytes.count == count else { throw AppError(.internalError, detail: "a spool file is shorter than what was written to it") }
        return bytes
    }
}
