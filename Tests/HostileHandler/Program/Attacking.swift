import Glibc
import HandlerKit
import HostileCalls

/// Attempts on the machine and on other processes.
enum Attacking {
    enum Attempt: String, Decodable, Sendable, CaseIterable {
        // Files.
        case readFile = "read_file"
        case listFolder = "list_folder"
        case writeFile = "write_file"
        case removeFile = "remove_file"
        case makeFolder = "make_folder"
        case changeMode = "change_mode"
        // Other processes.
        case readMemory = "read_memory"
        case writeMemory = "write_memory"
        case trace, signal
        case signalThread = "signal_thread"
        case signalEverybody = "signal_everybody"
        case signalByInput = "signal_by_input"
        case takeDescriptor = "take_descriptor"
        case foreignLimits = "foreign_limits"
        // Programs.
        case fork, execute
        case executeByDescriptor = "execute_by_descriptor"
        case outlive
        case raiseLimits = "raise_limits"
        // Sockets.
        case connectPath = "connect_path"
        case connectAbstract = "connect_abstract"
        case connectPort = "connect_port"
        case socket
        // A system call by its name, with arguments of 0.
        case call
    }

    struct Input: Decodable, Sendable {
        var attempt: Attempt
        /// A path, or a name.
        var path: String?
        /// A process, a port, or a family of sockets.
        var number: Int?
    }

    @RoutesBuilder static var routes: [Route] {
        Route.get("/hostile/try/{attempt}", access: .attack, summary: "Tries one thing") { (input: Input, _) in
            Outcome(outcome: name(run(input)))
        }
    }

    private static func run(_ input: Input) -> Int {
        let path = input.path ?? ""
        let process = pid_t(truncatingIfNeeded: input.number ?? 0)
        switch input.attempt {
        case .readFile: return open(path, O_RDONLY, reading: true)
        case .listFolder: return open(path, O_RDONLY | O_DIRECTORY)
        case .writeFile: return open(path, O_WRONLY | O_CREAT)
        case .removeFile: return outcome(unlink(path))
        case .makeFolder: return outcome(mkdir(path, 0o700))
        case .changeMode: return outcome(chmod(path, 0o777))
        case .readMemory: return try_read_memory(process)
        case .writeMemory: return try_write_memory(process)
        case .trace: return try_trace(process)
        case .signal: return outcome(kill(process, 0))
        case .signalThread: return try_signal_thread(process)
        case .signalEverybody: return outcome(kill(-1, 0))
        case .signalByInput: return try_signal_by_input(process)
        case .takeDescriptor: return try_take_descriptor(process)
        case .foreignLimits: return try_foreign_limits(process)
        case .fork: return try_fork()
        case .execute: return try_execute(path)
        case .executeByDescriptor: return try_execute_by_descriptor(path)
        case .outlive: return try_outlive()
        case .raiseLimits: return try_raise_limits()
        case .connectPath: return connectPath(path)
        case .connectAbstract: return try_abstract_socket(path)
        case .connectPort: return connectPort(input.number ?? 0)
        case .socket:
            let end = Glibc.socket(Int32(input.number ?? 0), Int32(SOCK_STREAM.rawValue), 0)
            defer { if end >= 0 { close(end) } }
            return outcome(end)
        case .call: return raw_call(number_of(path), 0, 0, 0, 0, 0, 0)
        }
    }

    private static func outcome(_ result: Int32) -> Int { result < 0 ? -Int(errno) : 0 }

    private static func open(_ path: String, _ flags: Int32, reading: Bool = false) -> Int {
        let file = Glibc.open(path, flags, 0o600)
        guard file >= 0 else { return -Int(errno) }
        defer { close(file) }
        guard reading else { return 0 }
        var byte: UInt8 = 0
        return read(file, &byte, 1) < 0 ? -Int(errno) : 0
    }

    private static func connectPath(_ path: String) -> Int {
        let end = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard end >= 0 else { return -Int(errno) }
        defer { close(end) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        return outcome(
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(end, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
            })
    }

    private static func connectPort(_ port: Int) -> Int {
        let end = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard end >= 0 else { return -Int(errno) }
        defer { close(end) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return outcome(
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(end, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            })
    }

    private static func name(_ result: Int) -> String {
        if result >= 0 { return "done" }
        let names: [Int32: String] = [
            EPERM: "EPERM", EACCES: "EACCES", ENOENT: "ENOENT", ESRCH: "ESRCH", EBADF: "EBADF", ENOSYS: "ENOSYS", EROFS: "EROFS",
            ECONNREFUSED: "ECONNREFUSED", EFAULT: "EFAULT", EINVAL: "EINVAL",
        ]
        return names[Int32(-result)] ?? "error \(-result)"
    }
}
