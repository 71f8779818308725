import Glibc
import Reactor
import Synchronization
import Wire

/// What a handler's program does with its arguments.
enum Program {
    /// Exit codes as sysexits(3) has them.
    private static let failure: Int32 = 1
    private static let usage: Int32 = 64

    static func main<H: Handler>(_ handler: H.Type) -> Never {
        _ = hideProcess()
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments {
        case []: serve(handler)
        case ["--statements"]:
            print(H.statements.catalogue)
            exit(0)
        case ["--describe"]: describe(handler)
        case _ where arguments.count >= 3 && arguments[0] == "--command": command(handler, arguments[1], arguments[2], Array(arguments[3...]))
        default:
            complain("usage: \(CommandLine.arguments.first ?? "handler") [--statements | --describe]; without arguments it serves standard input")
            exit(usage)
        }
    }

    private static func serve<H: Handler>(_ handler: H.Type) -> Never {
        guard isSocket(0) else {
            complain("this is a handler: the gateway starts it, with one end of a socket pair as its standard input")
            exit(usage)
        }
        endWithParent()
        IdleMemory.keepLittle()
        // A terminal's Ctrl-C reaches the whole group; the gateway drains its processes itself.
        signal(SIGINT, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        onReactor { reactor in
            let process = HandlerProcess(descriptor: 0, reactor: reactor)
            do {
                try await process.serve(
                    handler, makeLogger: logger,
                    lost: {
                        // What does not end when it is cancelled ends with the process.
                        reactor.schedule(after: .seconds(1)) { exit(failure) }
                    })
                return 0
            } catch {
                Logger(label: "handler") { JSONLogHandler(label: $0) }.critical(
                    "The handler stops", metadata: .keys([.error: .string(String(reflecting: error))]))
                return failure
            }
        }
    }

    private static func describe<H: Handler>(_ handler: H.Type) -> Never {
        onReactor { _ in
            let environment = HandlerEnvironment(name: "", logger: Logger(label: "describe") { JSONLogHandler(label: $0) })
            do {
                print(try JSON.encode(try ServedEndpoints(try await H(environment: environment)).describe()))
                return 0
            } catch {
                complain(String(reflecting: error))
                return failure
            }
        }
    }

    private static func command<H: Handler>(_ handler: H.Type, _ name: String, _ file: String, _ arguments: [String]) -> Never {
        guard let command = H.commands.first(where: { $0.name == name }) else {
            complain("there is no command \(name) here; known are: \(H.commands.map(\.name).joined(separator: ", "))")
            exit(usage)
        }
        signal(SIGPIPE, SIG_IGN)
        do {
            try command.run(ProgramCall(arguments: arguments, fileName: file))
            exit(0)
        } catch let error as AppError {
            complain(([error.message] + error.issues.map { "  \($0.field): \($0.issue)" }).joined(separator: "\n"))
            exit(65)
        } catch {
            complain(String(reflecting: error))
            exit(70)
        }
    }

    private static func logger(_ start: Start) -> Logger {
        Logger(label: start.handler) { JSONLogHandler(label: $0, level: Logger.Level(rawValue: start.logLevel) ?? .info) }
    }

    /// Runs a body on a reactor that has this thread, and exits with the body's code.
    private static func onReactor(_ body: @escaping @Sendable (Reactor) async -> Int32) -> Never {
        let reactor = Reactor(name: "handler")
        let code = Mutex<Int32>(0)
        // The root of all tasks of the process: there is nothing above it that could own it.
        Task(executorPreference: reactor) {
            let result = await body(reactor)
            code.withLock { $0 = result }
            reactor.stop()
        }
        reactor.runOnCurrentThread()
        exit(code.withLock { $0 })
    }

    private static func isSocket(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Puts a line on standard output.
    private static func print(_ text: [UInt8]) { put(text, on: 1) }

    private static func complain(_ text: String) { put(Array(text.utf8), on: 2) }

    private static func put(_ text: [UInt8], on descriptor: Int32) {
        let line = text + [UInt8(ascii: "\n")]
        var written = 0
        while written < line.count {
            let count = line.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, $0.count - written) }
            guard count > 0 else { return }
            written += count
        }
    }
}
