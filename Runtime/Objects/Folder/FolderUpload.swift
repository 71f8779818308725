import Glibc
import Kernel
import Reactor

/// An object on its way into a folder.
final class FolderUpload: ObjectUpload {
    private let file: IncomingFile
    private let target: String
    private let pool: BlockingPool

    init(_ file: IncomingFile, target: String, pool: BlockingPool) {
        self.file = file
        self.target = target
        self.pool = pool
    }

    func append(_ bytes: [UInt8]) async throws(AppError) {
        try await pool.work { [file] () throws(AppError) in try file.append(bytes) }
    }

    func commit() async throws(AppError) {
        try await pool.work { [file, target] () throws(AppError) in
            do throws(AppError) {
                try file.commit(to: target)
            } catch {
                file.remove()
                throw error
            }
        }
    }

    func abort() async { _ = try? await pool.run { [file] in file.remove() } }
}

/// An object in a folder, held open: its bytes stay while it is read, whatever takes its name.
final class FolderObject: OpenedObject {
    let length: Int
    let tail: [UInt8]
    private let descriptor: Int32
    private let pool: BlockingPool

    /// Blocks. Throws `NOT_FOUND` where there is none.
    init(_ path: String, tail count: Int, pool: BlockingPool) throws(AppError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? AppError(.notFound) : AppError(.unavailable, detail: "cannot open \(path): error \(errno)")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw AppError(.unavailable, detail: "\(path) is no file")
        }
        let length = Int(status.st_size)
        do throws(AppError) {
            tail = try Self.read(descriptor, min(count, length), at: max(0, length - count))
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.length = length
        self.pool = pool
    }

    deinit { close(descriptor) }

    func read(_ count: Int, at offset: Int) async throws(AppError) -> [UInt8] {
        try await pool.work { [self] () throws(AppError) in try Self.read(descriptor, count, at: offset) }
    }

    /// The length of a file; nil where there is none.
    static func length(of path: String) -> Int? {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    private static func read(_ descriptor: Int32, _ count: Int, at offset: Int) throws(AppError) -> [UInt8] {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
                if got < 0 && errno == EINTR { continue }
                if got <= 0 { break }
                filled += got
            }
        }
        guard bytes.count == count else { throw AppError(.unavailable, detail: "an object's file could not be read") }
        return bytes
    }
}
