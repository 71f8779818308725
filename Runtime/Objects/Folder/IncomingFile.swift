import Glibc
import Kernel

/// A file that is not whole yet: under a name of its own, locked while its writer lives. All of it blocks.
final class IncomingFile: Sendable {
    private let descriptor: Int32
    private let path: String

    init(in folder: String) throws(AppError) {
        for _ in 0..<3 {
            let path = "\(folder)/\(Hex.encode((0..<16).map { _ in UInt8.random(in: .min ... .max) }))"
            let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw Self.failure("create", path) }
            var status = stat()
            // Between making and locking it another gateway that starts may have taken it for abandoned.
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &status) == 0, status.st_nlink > 0 {
                self.descriptor = descriptor
                self.path = path
                return
            }
            close(descriptor)
        }
        throw AppError(.unavailable, detail: "no file could be made in \(folder)")
    }

    deinit { close(descriptor) }

    /// Removes a file whose writer is gone.
    static func removeIfAbandoned(_ path: String) {
        let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
        close(descriptor)
    }

    func append(_ bytes: [UInt8]) throws(AppError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write", path) }
            written += count
        }
    }

    /// Gives it its name, in place of what has it, for good.
    func commit(to target: String) throws(AppError) {
        guard fsync(descriptor) == 0 else { throw Self.failure("write", path) }
        guard let slash = target.lastIndex(of: "/") else { throw AppError(.internalError, detail: "an object's path has no folder") }
        let folder = String(target[..<slash])
        do throws(AppError) { try File.makeFolder(folder) } catch { throw AppError(.unavailable, detail: error.debugDescription) }
        guard rename(path, target) == 0 else { throw Self.failure("name", target) }
        let place = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard place >= 0 else { throw Self.failure("open", folder) }
        defer { close(place) }
        guard fsync(place) == 0 else { throw Self.failure("write", folder) }
    }

    func remove() { unlink(path) }

    private static func failure(_ verb: String, _ path: String) -> AppError {
        let number = errno
        let reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        let isFull = number == ENOSPC || number == EDQUOT || number == EFBIG
        return AppError(isFull ? .storageFull : .unavailable, detail: "cannot \(verb) \(path): \(reason)")
    }
}
