import Glibc
import Kernel
import Synchronization

/// Answers each connection with the same bytes, once a head came in. Keeps what was sent to it.
final class CannedServer: Sendable {
    let port: Int
    private let listener: Int32
    private let heads = Mutex<[String]>([])

    /// Heads of all requests so far.
    var requests: [String] { heads.withLock { $0 } }

    /// Listens on an address of this machine. `hangs`: never answers.
    init(_ answer: String, address: String = "127.0.0.1", port: Int = 0, hangs: Bool = false) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var one: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, 4)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, address, &name.sin_addr)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 16) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw AppError(.internalError, "cannot listen on \(address)") }
        self.port = Int(in_port_t(bigEndian: name.sin_port))
        Self.inBackground { [weak self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0, let self else { return }
                // No program that another test starts meanwhile may hold it open.
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                var head: [UInt8] = []
                var bytes = [UInt8](repeating: 0, count: 4096)
                while !String(decoding: head, as: UTF8.self).contains("\r\n\r\n") {
                    let count = read(connection, &bytes, bytes.count)
                    guard count > 0 else { break }
                    head += bytes[..<count]
                }
                heads.withLock { $0.append(String(decoding: head, as: UTF8.self)) }
                if hangs { continue }
                let text = Array(answer.utf8)
                var sent = 0
                while sent < text.count {
                    let count = text.withUnsafeBytes { send(connection, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL)) }
                    guard count > 0 else { break }
                    sent += count
                }
                close(connection)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func inBackground(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            {
                Unmanaged<Box>.fromOpaque($0!).takeRetainedValue().body(); return nil
            }, box.toOpaque())
        pthread_detach(thread)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
