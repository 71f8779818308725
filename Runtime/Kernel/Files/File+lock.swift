#if canImport(Glibc)
    import Glibc
#endif

extension File {
    /// Runs a body while nobody else on this machine holds the lock of that name: what reads, changes and writes a file again loses no other's change.
    ///
    /// The file of the lock is made where it is missing and stays. Blocks until the lock is free; it is given back with the process at the latest.
    public static func withLock<Result>(_ path: String, _ body: () throws(AppError) -> Result) throws(AppError) -> Result {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw AppError(.internalError, "cannot open the lock \(path): error \(errno)") }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw AppError(.internalError, "cannot take the lock \(path): error \(errno)") }
        }
        return try body()
    }
}
