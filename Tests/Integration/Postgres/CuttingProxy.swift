import Glibc
import Synchronization
import TestSupport

/// Stands between a client and the server's Unix socket, and cuts the first connection off after so many bytes from the server.
final class CuttingProxy: Sendable {
    let directory: String
    private let target: String
    private let listener: Int32
    private let left: Atomic<Int>
    private let cuts = Atomic(0)
    private let stopping = Atomic(false)

    /// How often it has cut a connection.
    var hasCut: Bool { cuts.load(ordering: .relaxed) > 0 }

    init(to target: String) throws {
        self.target = target
        var template = Array("/tmp/tenantry-proxy-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw PrivateCluster.Failed(description: "no temporary directory: errno \(errno)") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        left = Atomic(Int.max)
        let bound = Self.withAddress("\(directory)/.s.PGSQL.5432") { bind(listener, $0, $1) }
        guard bound == 0, listen(listener, 16) == 0 else { throw PrivateCluster.Failed(description: "the proxy cannot listen: errno \(errno)") }
    }

    /// From now on the server's next bytes up to that number pass; then the connection is closed in both directions, once.
    func cut(after bytes: Int) {
        cuts.store(0, ordering: .relaxed)
        left.store(bytes, ordering: .relaxed)
    }

    /// Accepts until ``stop()``, a thread for each connection.
    func run() {
        while !stopping.load(ordering: .relaxed) {
            var ready = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 20) > 0 else { continue }
            let client = accept(listener, nil, nil)
            let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            guard client >= 0, Self.withAddress(target, { connect(server, $0, $1) }) == 0 else {
                close(client)
                close(server)
                continue
            }
            thread { [self] in relay(client, server) }
        }
        close(listener)
        unlink("\(directory)/.s.PGSQL.5432")
        rmdir(directory)
    }

    func stop() { stopping.store(true, ordering: .relaxed) }

    private func relay(_ client: Int32, _ server: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        relaying: while !stopping.load(ordering: .relaxed) {
            var ready = [pollfd(fd: client, events: Int16(POLLIN), revents: 0), pollfd(fd: server, events: Int16(POLLIN), revents: 0)]
            guard poll(&ready, 2, 20) > 0 else { continue }
            if ready[0].revents != 0 {
                let count = read(client, &buffer, buffer.count)
                guard count > 0, write(server, buffer, count) == count else { break }
            }
            if ready[1].revents != 0 {
                let count = read(server, &buffer, buffer.count)
                guard count > 0 else { break }
                let before = left.load(ordering: .relaxed)
                if before == Int.max {
                    guard send(client, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
                    continue
                }
                left.store(before - count, ordering: .relaxed)
                if count > before {
                    _ = send(client, buffer, before, Int32(MSG_NOSIGNAL))
                    left.store(Int.max, ordering: .relaxed)
                    cuts.add(1, ordering: .relaxed)
                    break relaying
                }
                guard send(client, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
            }
        }
        // A program that another test starts at this moment may hold copies of both; a shutdown ends the connections all the same.
        for end in [client, server] {
            shutdown(end, Int32(SHUT_RDWR))
            close(end)
        }
    }

    private func thread(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
        pthread_detach(thread)
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
