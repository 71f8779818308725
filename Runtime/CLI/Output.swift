import ArgumentParser
import Kernel

#if canImport(Glibc)
    import Glibc
#endif

/// `--json`, for every command that answers something.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Answer in JSON.")
    var json = false

    /// Prints a value: as JSON where that is wanted, else as its lines.
    func show(_ value: some Encodable, lines: [String]) throws {
        if json {
            Output.line(String(decoding: try JSON.encode(value), as: UTF8.self))
        } else {
            for line in lines { Output.line(line) }
        }
    }
}

enum Output {
    /// A line on standard output.
    static func line(_ text: String) { write(text, to: 1) }

    /// A line on standard error.
    static func note(_ text: String) { write(text, to: 2) }

    /// Columns as wide as their widest cell.
    static func table(_ rows: [[String]]) -> [String] {
        guard let columns = rows.first?.count else { return [] }
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column < columns - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
            }
            return line
        }
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array("\(text)\n".utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
