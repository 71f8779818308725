import Glibc
import Kernel

/// A TCP connection on which every byte is the test's own. Calls block for at most `limit`.
final class RawSocket: Sendable {
    private let descriptor: Int32

    /// The longest wait of one call.
    static let limit = 20

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw AppError(.internalError, "no socket: \(errno)") }
        var limit = timeval(tv_sec: Self.limit, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard connected == 0 else {
            close(descriptor)
            throw AppError(.unavailable, "cannot connect to port \(port): \(errno)")
        }
    }

    deinit { close(descriptor) }

    /// Sends all bytes; false if the other end has closed.
    @discardableResult
    func send(_ bytes: [UInt8]) throws -> Bool {
        var position = 0
        while position < bytes.count {
            let count = bytes[position...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EPIPE || errno == ECONNRESET { return false }
            guard count > 0 else { throw AppError(.deadlineExceeded, "the other end does not read: \(errno)") }
            position += count
        }
        return true
    }

    /// The next bytes; empty at the end.
    func receive(_ count: Int = 65_536) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = recv(descriptor, &bytes, count, 0)
        if got < 0, errno == ECONNRESET { return [] }
        guard got >= 0 else { throw AppError(.deadlineExceeded, "nothing came: \(errno)") }
        return Array(bytes[..<got])
    }

    /// No more will be sent.
    func finishSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Ends the connection at once, with a reset where `abruptly`.
    func drop(abruptly: Bool = false) {
        if abruptly {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        }
        shutdown(descriptor, CInt(SHUT_RDWR))
    }
}
