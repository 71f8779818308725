import Kernel
import Manifest
import Tokens

#if canImport(Glibc)
    import Glibc
#endif

/// The files of a package's folder that make a version: all that are not hidden, and the program wherever it is.
struct PackageFiles {
    struct Entry {
        /// In the package.
        let path: String
        /// Where its bytes are read.
        let source: String
        let isExecutable: Bool
        let size: Int
    }

    /// The most files, and the most bytes of them all.
    static let maximumCount = 10_000
    static let maximumSize = 1 << 30

    let entries: [Entry]
    /// 128 bits of the hash of all paths, modes and bytes, in hexadecimal.
    let version: String

    /// Throws `VALIDATION_ERROR` for a link that leads out of the folder, for anything but files, folders and links, and above the limits.
    init(_ manifest: Manifest) throws(AppError) {
        guard let root = Self.resolved(manifest.folder) else { throw AppError(.notFound, "there is no folder \(manifest.folder)") }
        var found: [Entry] = []
        try Self.gather(root, "", &found)
        let program = String(manifest.program.dropFirst(2))
        if !found.contains(where: { $0.path == program }) {
            guard File.exists("\(root)/\(program)") else {
                throw AppError(.notFound, "the program \(manifest.folder)/\(program) of the handler \(manifest.name) is missing; build it first")
            }
            found.append(try Self.file("\(root)/\(program)", program, below: root))
        }
        guard found.first(where: { $0.path == program })?.isExecutable == true else {
            throw AppError.invalid("program", "\(manifest.folder)/\(program) may not be executed; chmod +x it")
        }
        let size = found.reduce(0) { $0 + $1.size }
        guard found.count <= Self.maximumCount, size <= Self.maximumSize else {
            throw AppError(
                .tooLarge, "\(manifest.folder) has \(found.count) files of \(size) bytes; at most \(Self.maximumCount) of \(Self.maximumSize)")
        }
        entries = found.sorted { $0.path < $1.path }
        var hash = SHA256()
        for entry in entries {
            hash.update(Array("\(entry.path)\0\(entry.isExecutable ? "x" : "-")\0\(entry.size)\0".utf8))
            try File.forEachPiece(of: entry.source) { hash.update($0) }
        }
        version = String(hash.finalize().hex.prefix(32))
    }

    /// Copies all of them into a new folder.
    func copy(to folder: String) throws(AppError) {
        for entry in entries {
            let target = "\(folder)/\(entry.path)"
            if let slash = target.lastIndex(of: "/") { try File.makeFolder(String(target[..<slash]), mode: 0o755) }
            let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, entry.isExecutable ? 0o755 : 0o644)
            guard descriptor >= 0 else { throw Self.failure("create \(target)") }
            defer { close(descriptor) }
            try File.forEachPiece(of: entry.source) { piece throws(AppError) in
                var rest = piece[...]
                while !rest.isEmpty {
                    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                    guard count > 0 else { throw Self.failure("write \(target)") }
                    rest = rest.dropFirst(count)
                }
            }
            guard fsync(descriptor) == 0 else { throw Self.failure("write \(target)") }
        }
    }

    private static func gather(_ root: String, _ inside: String, _ found: inout [Entry]) throws(AppError) {
        for name in try File.names(in: inside.isEmpty ? root : "\(root)/\(inside)") where !name.hasPrefix(".") && name != "__pycache__" {
            let path = inside.isEmpty ? name : "\(inside)/\(name)"
            guard found.count <= maximumCount else { return }
            if File.isFolder("\(root)/\(path)"), resolved("\(root)/\(path)") == "\(root)/\(path)" {
                try gather(root, path, &found)
            } else {
                found.append(try file("\(root)/\(path)", path, below: root))
            }
        }
    }

    private static func file(_ source: String, _ path: String, below root: String) throws(AppError) -> Entry {
        guard let real = resolved(source), real.hasPrefix("\(root)/") else {
            throw AppError.invalid(path, "expected a file in the package's folder; it leads out of it, or nowhere")
        }
        var status = stat()
        guard stat(real, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw AppError.invalid(path, "expected a file") }
        return Entry(path: path, source: real, isExecutable: status.st_mode & S_IXUSR != 0, size: Int(status.st_size))
    }

    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func failure(_ what: String) -> AppError {
        AppError(.internalError, "cannot \(what): \(strerror(errno).map { String(cString: $0) } ?? "error \(errno)")")
    }
}
