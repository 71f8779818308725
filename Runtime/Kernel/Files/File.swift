#if canImport(Glibc)
    import Glibc
#endif

/// Whole small files: settings, keys, credentials. Every failure names the path and the system's reason.
///
/// These calls block; use them at start, in commands, or on a thread that may wait.
public enum File {
    /// All bytes of a file.
    ///
    /// Throws `NOT_FOUND` where there is none, `PAYLOAD_TOO_LARGE` above the limit (default 1 MB), else `INTERNAL_ERROR`.
    public static func read(_ path: String, limit: Int = 1 << 20) throws(AppError) -> [UInt8] {
        var bytes: [UInt8] = []
        try forEachPiece(of: path) { piece throws(AppError) in
            bytes.append(contentsOf: piece)
            guard bytes.count <= limit else { throw AppError(.tooLarge, "\(path) is larger than the \(limit) bytes expected there") }
        }
        return bytes
    }

    /// Hands out the bytes of a file in pieces of up to 64 KB, in order. Throws what the body throws, and as ``read(_:limit:)``.
    public static func forEachPiece(of path: String, _ body: ([UInt8]) throws(AppError) -> Void) throws(AppError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        while true {
            var count = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, filled in
                repeat { count = Glibc.read(descriptor, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
                filled = max(0, count)
            }
            guard count >= 0 else { throw failure("read", path) }
            if count == 0 { return }
            try body(piece)
        }
    }

    /// Replaces a file as a whole: a reader sees the old bytes or the new ones, also after a power cut.
    ///
    /// `mode` are the permissions; by default only the owner reads it.
    public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o600) throws(AppError) {
        let temporary = "\(path).new.\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("create", temporary) }
        var position = 0
        while position < bytes.count {
            let count = bytes[position...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let error = failure("write", temporary)
                close(descriptor)
                unlink(temporary)
                throw error
            }
            position += count
        }
        let synced = fsync(descriptor)
        close(descriptor)
        guard synced == 0, rename(temporary, path) == 0 else {
            let error = failure("replace", path)
            unlink(temporary)
            throw error
        }
    }

    /// Makes a folder and those above it where they are missing. By default only the owner may enter.
    public static func makeFolder(_ path: String, mode: UInt32 = 0o700) throws(AppError) {
        if isFolder(path) { return }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try makeFolder(String(path[..<slash]), mode: mode) }
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw failure("make", path) }
    }

    /// Whether a folder stands there.
    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether anything stands there.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Tells one content of a file from another without reading it: device, inode, size and time of change. Nil where there is none.
    public static func identity(of path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return "\(status.st_dev).\(status.st_ino).\(status.st_size).\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }

    /// The names in a folder, sorted, without `.` and `..`.
    public static func names(in folder: String) throws(AppError) -> [String] {
        guard let stream = opendir(folder) else { throw failure("list", folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a file; that there is none is no failure.
    public static func remove(_ path: String) throws(AppError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }

    /// Removes an empty folder; that there is none is no failure.
    public static func removeFolder(_ path: String) throws(AppError) {
        guard rmdir(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }

    private static func failure(_ verb: String, _ path: String) -> AppError {
        let number = errno
        let reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        return AppError(number == ENOENT ? .notFound : .internalError, "cannot \(verb) \(path): \(reason)")
    }
}
