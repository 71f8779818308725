import CSpawn
import Glibc
import Kernel

/// Starts programs, each with one end of a socket pair as its standard input and with nothing else of ours.
enum Launcher {
    struct Child: Sendable {
        /// Whom to wait for and whose group to kill.
        let pid: pid_t
        /// The handler's program itself, for looking at: behind bubblewrap another process than the one to wait for.
        let program: pid_t
        /// The gateway's end of the wire.
        let descriptor: Int32
    }

    /// What a handler's process finds in its environment. Nothing of the gateway's own passes on.
    static let environment = [
        "LANG=C.UTF-8", "TZ=UTC",
        // A trap must end the process at once; printing a backtrace would take seconds.
        "SWIFT_BACKTRACE=enable=no",
    ]

    /// Starts a command in a session of its own, so that it has no terminal and its group is all that it starts. Blocks for the time of an exec.
    ///
    /// Between clone and exec the C library does what only async-signal-safe code may: it puts the wire on descriptor 0, errors and output on the
    /// gateway's standard error, closes everything from 3 up, resets signals.
    static func start(_ command: SandboxPlan.Command) throws(AppError) -> Child {
        var report: [Int32] = [-1, -1]
        if command.reportsProcess { report = try pipeAboveFour() }
        defer { if report[0] >= 0 { close(report[0]) } }
        let spawned = Result { () throws(AppError) in try spawn(command, output: 2, report: report) }
        if report[1] >= 0 { close(report[1]) }
        let (end, pid) = try spawned.get()
        guard command.reportsProcess else { return Child(pid: pid, program: pid, descriptor: end) }
        // bubblewrap closes its end once it has said which process it made, or could not make one.
        guard let program = processNumber(try? JSON.read(readAll(report[0]))) else {
            close(end)
            kill(-pid, SIGKILL)
            throw AppError(.unavailable, detail: "\(command.program) made no process (\(Self.end(pid)))")
        }
        return Child(pid: pid, program: program, descriptor: end)
    }

    /// Both ends with numbers above those that a child finds them under.
    private static func pipeAboveFour() throws(AppError) -> [Int32] {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw failure("make a pipe", errno) }
        let higher = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 5) }
        for end in ends { close(end) }
        guard higher.allSatisfy({ $0 >= 0 }) else {
            let number = errno
            for end in higher where end >= 0 { close(end) }
            throw failure("make a pipe", number)
        }
        return higher
    }

    /// `{"child-pid": 123, …}`.
    private static func processNumber(_ report: JSONValue?) -> pid_t? {
        (report?["child-pid"]?.integer).flatMap { pid_t(exactly: $0) }
    }

    /// Runs a command to its end; all that it wrote on standard output. Throws `UNAVAILABLE` where it failed. Blocks.
    static func ask(_ command: SandboxPlan.Command) throws(AppError) -> [UInt8] {
        let (end, pid) = try spawn(command, output: 0)
        defer { close(end) }
        let answer = readAll(end)
        let how = Self.end(pid)
        guard how == "exit status 0" else { throw AppError(.unavailable, detail: "\(command.program): \(how)") }
        return answer
    }

    /// All bytes up to the end, at most a megabyte.
    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0, bytes.count < 1 << 20 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// The gateway's end of a socket pair whose other end is the command's descriptor 0; its output goes to a descriptor of ours, 0 meaning that pair.
    /// `report`, a pipe, becomes the descriptors 4 and 3.
    private static func spawn(_ command: SandboxPlan.Command, output: Int32, report: [Int32] = [-1, -1]) throws(AppError) -> (Int32, pid_t) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw failure("make a socket pair", errno)
        }
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
            close(ends[1])
        }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        if report[1] >= 0 {
            // The reading end goes along: were we the only reader, our death would end bubblewrap at its report, and leave the process that it had
            // made waiting for ever.
            posix_spawn_file_actions_adddup2(&actions, report[1], 3)
            posix_spawn_file_actions_adddup2(&actions, report[0], 4)
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, report[1] >= 0 ? 5 : 3)
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | spawn_setsid))

        var pid: pid_t = 0
        let result = withStrings([command.program] + command.arguments) { argv in
            withStrings(environment) { envp in posix_spawn(&pid, command.program, &actions, &attributes, argv, envp) }
        }
        guard result == 0 else {
            close(ends[0])
            throw failure("start \(command.program)", result)
        }
        return (ends[0], pid)
    }

    /// Waits for a process whose wire has ended, kills it if it stays, and with it all that it started; says how it ended. Blocks.
    static func end(_ pid: pid_t) -> String {
        var status: Int32 = 0
        var waits = 0
        while true {
            let result = waitpid(pid, &status, WNOHANG)
            if result == pid || result < 0 && errno != EINTR { break }
            if waits == 500 { kill(-pid, SIGKILL) }
            waits += 1
            usleep(2000)
        }
        kill(-pid, SIGKILL)
        // bubblewrap says of what a signal ended what shells say: 128 and the signal.
        let code = status >> 8 & 0xFF
        let signal = status & 0x7F == 0 && code > 128 ? code - 128 : status & 0x7F
        return signal == 0 ? "exit status \(code)" : "signal \(signal)"
    }

    private static func withStrings<Result>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
        let pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }

    private static func failure(_ what: String, _ number: Int32) -> AppError {
        let reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        return AppError(.unavailable, detail: "cannot \(what): \(reason)")
    }
}
