import Glibc
import Kernel
import TableFiles
import Tabular

/// Answers for files what `tenantry inspect` answers, one JSON file each, for the scorers: `table-inspector OUT_DIR FILE…`.
@main enum TableInspector {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count > 2 else {
            print("usage: table-inspector OUT_DIR FILE…")
            exit(2)
        }
        for path in arguments[2...] {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            write(answer(path, name), to: "\(arguments[1])/\(name).json")
        }
    }

    private static func answer(_ path: String, _ name: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            return TableFileInspection.failure(AppError(.notFound, "cannot be opened"))
        }
        defer { close(descriptor) }
        do {
            let read: (Range<Int>) throws(AppError) -> [UInt8] = { range in
                [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
                    count = max(0, pread(descriptor, buffer.baseAddress, range.count, range.lowerBound))
                }
            }
            var inspection = Inspection()
            var answer: [UInt8] = []
            let whole = try TableFileInspection.run(
                size: Int(status.st_size), choice: .init(name: name), read: read,
                text: { (piece) throws(AppError) in answer += try inspection.feed(piece) })
            if let whole { return whole }
            return answer + (try inspection.finish())
        } catch {
            return TableFileInspection.failure(error)
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { return }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written) }
            if count <= 0 { break }
            written += count
        }
        close(descriptor)
    }
}
