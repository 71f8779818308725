import Glibc
import Kernel
import Manifest

/// Commands that a handler's program does: the one whose manifest names the command.
enum ProgramHandover {
    /// Goes on as the handler's program, which reads the input as its standard input and writes the output as its standard output. Returns only by
    /// an error.
    /// - Parameters:
    ///   - input: a file; `-` for what is standard input already.
    ///   - output: a file, made anew; standard output where it is nil or `-`.
    static func become(_ command: String, input: String, output: String? = nil, options: [String]) throws -> Never {
        let manifests = try Settings().manifests()
        guard let manifest = manifests.first(where: { $0.commands.contains(command) }) else {
            throw AppError(.notFound, "no handler has the command \(command)")
        }
        if input != "-" { try take(open(input, O_RDONLY), as: 0, input) }
        if let output, output != "-" { try take(open(output, O_WRONLY | O_CREAT | O_TRUNC, 0o644), as: 1, output) }
        let program = manifest.programPath(beside: Programs.folder)
        var arguments: [UnsafeMutablePointer<CChar>?] = ([program, "--command", command, input] + options).map { strdup($0) }
        arguments.append(nil)
        execv(program, arguments)
        throw AppError(.unavailable, "cannot run \(program): \(String(cString: strerror(errno)))")
    }

    private static func take(_ descriptor: Int32, as number: Int32, _ file: String) throws {
        guard descriptor >= 0 else { throw AppError(.notFound, "cannot open \(file): \(String(cString: strerror(errno)))") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { throw AppError.invalid("file", "\(file) is a folder") }
        guard descriptor != number else { return }
        dup2(descriptor, number)
        close(descriptor)
    }
}
