import Kernel

/// The package's sources, and the numbers of pitfalls that they name.
enum SourceScan {
    /// A Swift file with its path in the package.
    struct Source {
        let path: String
        let text: String

        /// Its lines that are no comment.
        var code: [Substring] { text.split(separator: "\n").filter { !$0.trimmed.hasPrefix("//") } }
    }

    /// All Swift files below some folders of the package.
    static func swift(_ folders: String..., package: String) throws(AppError) -> [Source] {
        var found: [Source] = []
        for folder in folders { try collect(folder, package, &found) }
        return found
    }

    private static func collect(_ folder: String, _ package: String, _ found: inout [Source]) throws(AppError) {
        for name in try File.names(in: "\(package)/\(folder)") where !name.hasPrefix(".") {
            let path = "\(folder)/\(name)"
            if File.isFolder("\(package)/\(path)") {
                try collect(path, package, &found)
            } else if name.hasSuffix(".swift") {
                found.append(Source(path: path, text: String(decoding: try File.read("\(package)/\(path)"), as: UTF8.self)))
            }
        }
    }

    /// The numbers in names of tests: `pitfall 7: …`, `pitfalls 20, 22 and 57: …`. A range such as `1 to 27` names no single one.
    static func numbers(inNamesOf source: Source) -> Set<Int> {
        source.code.reduce(into: []) { $0.formUnion(numbers(in: $1)) }
    }

    /// The numbers in the documentation of a lint rule: `/// Pitfall 30: …`.
    static func numbers(inDocumentationOf source: Source) -> Set<Int> {
        source.text.split(separator: "\n").filter { $0.trimmed.hasPrefix("///") }.reduce(into: []) { $0.formUnion(numbers(in: $1)) }
    }

    static func numbers(in line: some StringProtocol) -> Set<Int> {
        var found: Set<Int> = []
        // Behind the word, only a number that a colon, comma, period or `and` follows: a range reads otherwise.
        for match in String(line).matches(of: /[Pp]itfalls?\s+(\d+(?:(?:, | and |, and )\d+)*)(?=[:,.;)`"]|$)/) {
            for number in match.output.1.matches(of: /\d+/) { if let number = Int(number.output) { found.insert(number) } }
        }
        return found
    }
}
