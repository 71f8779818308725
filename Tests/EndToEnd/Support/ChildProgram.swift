import Glibc
import Kernel
import Synchronization

/// A built program that runs, its output gathered. Killed when the test lets go of it.
final class ChildProgram: Sendable {
    let pid: pid_t
    private let output = Output()
    private let ended = Flag()
    private let status = Mutex<Int32?>(nil)

    private final class Output: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        func add(_ more: ArraySlice<UInt8>) { bytes.withLock { $0 += more } }
        var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)
        func set() { value.store(true, ordering: .releasing) }
        var isSet: Bool { value.load(ordering: .acquiring) }
    }

    /// The folder of the built programs: `TENANTRY_PRODUCTS`, else that of the test program.
    static let products: String = {
        if let given = getenv("TENANTRY_PRODUCTS") { return String(cString: given) }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count))
        let path = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }()

    /// Starts a built program, or one of the system by its path, with that environment and nothing else. Blocks for the exec.
    init(_ name: String, _ arguments: [String], environment: [String: String], input: String = "") throws {
        let out = try Self.pair()
        let into = try Self.pair()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, into[0], 0)
        posix_spawn_file_actions_adddup2(&actions, out[1], 1)
        posix_spawn_file_actions_adddup2(&actions, out[1], 2)
        let path = name.hasPrefix("/") ? name : "\(Self.products)/\(name)"
        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, path, &actions, nil, argv, envp)
        close(out[1])
        close(into[0])
        _ = input.utf8CString.dropLast().withUnsafeBytes { Glibc.write(into[1], $0.baseAddress, $0.count) }
        close(into[1])
        guard result == 0 else { throw AppError(.internalError, "cannot start \(path): \(result)") }
        self.pid = pid
        Blocking.start { [output, ended] in
            var bytes = [UInt8](repeating: 0, count: 16_384)
            while case let count = read(out[0], &bytes, bytes.count), count > 0 { output.add(bytes[..<count]) }
            close(out[0])
            ended.set()
        }
    }

    deinit {
        if status.withLock({ $0 == nil }) {
            Glibc.kill(pid, SIGKILL)
            var ignored: Int32 = 0
            waitpid(pid, &ignored, 0)
        }
    }

    /// Two connected sockets that no other child inherits, whoever starts one at this moment.
    private static func pair() throws -> [Int32] {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw AppError(.internalError, "no socket pair: \(errno)")
        }
        return ends
    }

    func signal(_ number: Int32) { Glibc.kill(pid, number) }

    /// All that it printed so far.
    var printed: String { output.text }

    /// Whether its output has ended: it is gone, and all that it had started too.
    var isSilent: Bool { ended.isSet }

    /// Waits for a line that holds a text; nil if the output ended before. Blocks.
    func line(containing text: String) -> String? {
        while true {
            let isOver = ended.isSet
            if let line = printed.split(separator: "\n").first(where: { $0.contains(text) }) { return String(line) }
            if isOver { return nil }
            usleep(1000)
        }
    }

    /// Waits for its end and its last word. Blocks.
    func finish() -> (status: Int32, printed: String) {
        let status = end()
        while !ended.isSet { usleep(1000) }
        return (status, printed)
    }

    /// Waits for its end; its exit status, or minus the signal that ended it. Blocks.
    func end() -> Int32 {
        status.withLock { status in
            if let status { return status }
            var raw: Int32 = 0
            waitpid(pid, &raw, 0)
            let result = raw & 0x7F == 0 ? raw >> 8 & 0xFF : -(raw & 0x7F)
            status = result
            return result
        }
    }
}
