import CSpawn
import Glibc
import Kernel

/// Runs a program of the system once: bytes in, bytes out.
enum PipedProgram {
    /// The most that a program may answer, in bytes.
    static let longestAnswer = 64 << 10

    /// What a program answers to an input of at most 64 KB. Throws `UNAVAILABLE` where it cannot be started, fails, says too much, or takes longer than
    /// `limit`. Blocks.
    ///
    /// It finds the gateway's environment without the database's URL, and the gateway's standard error.
    static func run(_ words: [String], input: [UInt8], limit: Duration) throws(AppError) -> [UInt8] {
        precondition(input.count <= 64 << 10, "an input that does not fit into a pipe")
        let end = ContinuousClock.now.advanced(by: limit)
        let (into, out, pid) = try start(words)
        // It fits into the pipe's buffer, so nothing waits for the program to read it. One that has ended already shows below.
        input.withUnsafeBytes { send(into, $0) }
        close(into)
        let answer = Result { () throws(AppError) in try read(out, words[0], until: end) }
        close(out)
        if case .failure = answer { kill(-pid, SIGKILL) }
        let how = Launcher.end(pid)
        let bytes = try answer.get()
        guard how == "exit status 0" else { throw failure("\(words[0]): \(how)") }
        return bytes
    }

    private static func start(_ words: [String]) throws(AppError) -> (into: Int32, out: Int32, pid: pid_t) {
        var into: [Int32] = [-1, -1]
        var out: [Int32] = [-1, -1]
        guard pipe2(&into, O_CLOEXEC) == 0, pipe2(&out, O_CLOEXEC) == 0 else {
            for end in into + out where end >= 0 { close(end) }
            throw failure("no pipe: error \(errno)")
        }
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
            close(into[0])
            close(out[1])
        }
        posix_spawn_file_actions_adddup2(&actions, into[0], 0)
        posix_spawn_file_actions_adddup2(&actions, out[1], 1)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | spawn_setsid))
        let argv = words.map { strdup($0) } + [nil]
        let envp = environment().map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, words[0], &actions, &attributes, argv, envp)
        guard result == 0 else {
            close(into[1])
            close(out[0])
            throw failure("cannot start \(words[0]): error \(result)")
        }
        return (into[1], out[0], pid)
    }

    private static func environment() -> [String] {
        var kept: [String] = []
        var next = process_environment()
        while let text = next?.pointee {
            let line = String(cString: text)
            if !line.hasPrefix("TENANTRY_") { kept.append(line) }
            next = next?.advanced(by: 1)
        }
        return kept
    }

    /// A program that has closed its end already must not end this one by SIGPIPE.
    private static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) {
        var pipe = sigset_t()
        var before = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        if write(descriptor, bytes.baseAddress, bytes.count) < 0, errno == EPIPE {
            var atOnce = timespec()
            sigtimedwait(&pipe, nil, &atOnce)
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    private static func read(_ descriptor: Int32, _ program: String, until end: ContinuousClock.Instant) throws(AppError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = ContinuousClock.now.duration(to: end).milliseconds
            guard left > 0 else { throw failure("\(program) did not answer in time") }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let found = poll(&waiting, 1, Int32(clamping: left))
            if found < 0, errno == EINTR { continue }
            if found == 0 { continue }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("\(program) cannot be read: error \(errno)") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= longestAnswer else { throw failure("\(program) answers more than \(longestAnswer) bytes") }
        }
    }

    private static func failure(_ detail: String) -> AppError { AppError(.unavailable, retryAfter: .seconds(1), detail: detail) }
}
