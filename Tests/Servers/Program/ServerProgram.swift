import Glibc
public import Kernel
import Synchronization

/// One of the servers in `Tests/Servers`, or another program, that prints "listening on PORT". Ends with the test.
public final class ServerProgram: @unchecked Sendable {
    /// Where it listens, on 127.0.0.1.
    public let port: Int
    private let pid: pid_t
    private let output: UnsafeMutablePointer<FILE>

    /// The folder of the servers.
    public static let folder = String(#filePath.split(separator: "/").dropLast(2).joined(separator: "/").prefixed("/"))

    /// Blocks until it listens.
    public init(_ script: String, _ arguments: [String] = []) throws {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw AppError(.internalError, "no pipe")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        let argv = (["/usr/bin/python3", script.hasPrefix("/") ? script : "\(Self.folder)/\(script)"] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, "/usr/bin/python3", &actions, nil, argv, environ)
        close(ends[1])
        guard result == 0, let output = fdopen(ends[0], "r") else { throw AppError(.internalError, "cannot start \(script)") }
        self.pid = pid
        self.output = output
        var port: Int?
        while port == nil, let line = Self.line(output) {
            if line.hasPrefix("listening on ") { port = Int(line.dropFirst(13)) }
        }
        guard let port else { throw AppError(.internalError, "\(script) did not start") }
        self.port = port
    }

    deinit {
        kill(pid, SIGKILL)
        var ignored: Int32 = 0
        waitpid(pid, &ignored, 0)
        fclose(output)
    }

    /// The next line that it prints. Blocks.
    public func next() throws -> JSONValue {
        guard let line = Self.line(output) else { throw AppError(.internalError, "the server has ended") }
        return try JSON.read(Array(line.utf8))
    }

    private static func line(_ file: UnsafeMutablePointer<FILE>) -> String? {
        var memory: UnsafeMutablePointer<CChar>?
        var size = 0
        defer { free(memory) }
        let count = getline(&memory, &size, file)
        guard count > 0, let memory else { return nil }
        return String(cString: memory).trimmedLine
    }
}

extension String {
    fileprivate func prefixed(_ prefix: String) -> String { prefix + self }
    fileprivate var trimmedLine: String { hasSuffix("\n") ? String(dropLast()) : self }
}
