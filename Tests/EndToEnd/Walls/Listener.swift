import Glibc
import Kernel

/// A Unix socket that somebody else on the machine listens on.
final class Listener: Sendable {
    private let descriptor: Int32
    private let path: String?

    /// A socket with a path.
    convenience init(path: String) throws { try self.init(name: Array(path.utf8), path: path) }

    /// A socket in the abstract namespace.
    convenience init(abstract name: String) throws { try self.init(name: [0] + Array(name.utf8), path: nil) }

    private init(name: [UInt8], path: String?) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.path = path
        if let path { unlink(path) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count + (path == nil ? 0 : 1))
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard bound == 0, listen(descriptor, 8) == 0 else { throw AppError(.internalError, "cannot listen: \(errno)") }
        if let path { chmod(path, 0o777) }
    }

    func close() {
        Glibc.close(descriptor)
        if let path { unlink(path) }
    }
}
