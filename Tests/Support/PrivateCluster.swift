import Glibc
import Kernel
public import Postgres
import Reactor

/// A Postgres of one test's own, which it may stop and kill. Unix socket only, scram, never as root.
public final class PrivateCluster: Sendable {
    public struct Failed: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) { self.description = description }
    }

    private let directory: String
    private let binaries: String
    private let asRoot = getuid() == 0
    private let blocking = BlockingPool(threads: 1, name: "cluster")
    /// Of its socket and, on the loopback, of TCP. Chosen by the kernel.
    private let port: Int
    public static let password = "p%7@ss w:rd/?"

    private init() throws {
        var template = Array("/tmp/tenantry-cluster-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failed(description: "no temporary directory: errno \(errno)") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let found = (12...20).reversed().map({ "/usr/lib/postgresql/\($0)/bin" }).first(where: { access("\($0)/initdb", X_OK) == 0 }) else {
            throw Failed(description: "no initdb below /usr/lib/postgresql")
        }
        binaries = found
        port = try Self.freePort()
        if asRoot, let user = getpwnam("postgres") { chown(directory, user.pointee.pw_uid, user.pointee.pw_gid) }
        // A handler's process has no capabilities, also where root runs it: it must get at the socket as others do.
        chmod(directory, 0o711)
    }

    /// Runs a body with a fresh cluster and removes it afterwards.
    public static func with<R>(_ body: (PrivateCluster) async throws -> R) async throws -> R {
        try await CopyLimit.clusters.run { try await withFresh(body) }
    }

    private static func withFresh<R>(_ body: (PrivateCluster) async throws -> R) async throws -> R {
        let cluster = try PrivateCluster()
        let outcome: Result<R, any Error>
        do {
            try await cluster.create()
            outcome = .success(try await body(cluster))
        } catch {
            outcome = .failure(error)
        }
        try? await cluster.stop()
        try? await cluster.command("/bin/rm", "-rf", cluster.directory)
        return try outcome.get()
    }

    /// How to reach it: by its Unix socket, or by TCP at a name of this machine.
    public func configuration(host: String? = nil, password: String = PrivateCluster.password) -> PostgresClient.Configuration {
        PostgresClient.Configuration(host: host ?? directory, port: port, user: "postgres", password: password, database: "postgres")
    }

    /// The Unix socket itself.
    public var socket: String { "\(directory)/.s.PGSQL.\(port)" }

    private static func freePort() throws -> Int {
        let probe = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failed = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(probe, $0, length) != 0 || getsockname(probe, $0, &length) != 0 }
        }
        guard !failed else { throw Failed(description: "no free port: errno \(errno)") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private func create() async throws {
        try await command("/bin/sh", "-c", "umask 077; printf '%s' '\(Self.password)' > \(directory)/password")
        try await command(
            "\(binaries)/initdb", "-D", "\(directory)/data", "-U", "postgres", "--auth=scram-sha-256", "--pwfile=\(directory)/password", "--no-sync")
        try await start()
    }

    public func start() async throws {
        try await command(
            "\(binaries)/pg_ctl", "-D", "\(directory)/data", "-w", "-s", "-l", "\(directory)/log", "-o",
            "-c fsync=off -c listen_addresses=127.0.0.1 -c port=\(port) -c unix_socket_directories=\(directory)", "start")
    }

    /// As if the power had failed: nothing is finished, no client is told properly.
    public func stop() async throws {
        try await command("\(binaries)/pg_ctl", "-D", "\(directory)/data", "-w", "-s", "-m", "immediate", "stop")
    }

    /// As if the kernel had ended the server: its first process is gone at once, the others end when they notice. Blocks for a moment.
    public func kill() throws {
        let text = String(decoding: try File.read("\(directory)/data/postmaster.pid"), as: UTF8.self)
        guard let line = text.split(separator: "\n").first, let pid = pid_t(line) else { throw Failed(description: "no process id: \(text)") }
        Glibc.kill(pid, SIGKILL)
    }

    /// Whether its first process is there.
    public var isRunning: Bool {
        guard let bytes = try? File.read("\(directory)/data/postmaster.pid") else { return false }
        guard let pid = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.flatMap({ pid_t($0) }) else { return false }
        // One that has ended and waits to be collected has no command line any more.
        return (try? File.read("/proc/\(pid)/cmdline"))?.isEmpty == false
    }

    /// Starts it again after `kill`, as soon as what is left of it has let go of its memory.
    public func restart() async throws {
        for attempt in 0..<200 {
            do { return try await start() } catch  where attempt < 199 { try await Task.sleep(for: .milliseconds(50)) }
        }
    }

    private func command(_ words: String...) async throws {
        let lead = asRoot ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : []
        let all = lead + words
        let status = try await blocking.run { try Self.spawn(all) }
        guard status == 0 else { throw Failed(description: "\(words[0]) ended with \(status)") }
    }

    private static func spawn(_ words: [String]) throws -> Int32 {
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        var process = pid_t()
        let failure = posix_spawn(&process, words[0], &actions, nil, arguments, environ)
        guard failure == 0 else { throw Failed(description: "\(words[0]) cannot be started: errno \(failure)") }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
