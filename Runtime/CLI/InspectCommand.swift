import ArgumentParser
import Kernel
import Manifest

#if canImport(Glibc)
    import Glibc
#endif

/// `tenantry inspect FILE`: says what a file holds. The work is done by the program of the handler whose manifest has the command.
struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Say what a file of a table holds: how it is written, its header, its rows.",
        discussion: """
            --json                 answer in JSON, with all rows
            --rows N               at most N rows
            --encoding, --delimiter, --quote, --escape, --skip-rows, --header-rows
                                   what need not be guessed
            """)

    @Argument(help: "The file.") var file: String
    @Argument(parsing: .allUnrecognized, help: "What the handler's program is told.") var options: [String] = []

    func run() async throws {
        try await Outcome.of {
            let manifests = try Settings().manifests()
            guard let manifest = manifests.first(where: { $0.commands.contains(Self.name) }) else {
                throw AppError(.notFound, "no handler has the command \(Self.name)")
            }
            try Self.become(manifest.programPath(beside: Programs.folder), file: file, options: options)
        }
    }

    private static let name = "inspect"

    /// Goes on as another program, which reads the file as its standard input. Returns only by an error.
    private static func become(_ program: String, file: String, options: [String]) throws -> Never {
        let descriptor = open(file, O_RDONLY)
        guard descriptor >= 0 else { throw AppError(.notFound, "cannot open \(file): \(String(cString: strerror(errno)))") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { throw AppError.invalid("file", "\(file) is a folder") }
        dup2(descriptor, 0)
        if descriptor != 0 { close(descriptor) }
        var arguments: [UnsafeMutablePointer<CChar>?] = ([program, "--command", name, file] + options).map { strdup($0) }
        arguments.append(nil)
        execv(program, arguments)
        throw AppError(.unavailable, "cannot run \(program): \(String(cString: strerror(errno)))")
    }
}
