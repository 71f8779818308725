import Kernel

/// A line of `checks.txt`.
struct Check: Equatable {
    enum State: Equatable {
        /// A test's name holds the id.
        case tested
        /// The part that could fail it comes with the issue of that number.
        case later(issue: Int)
    }

    /// For example `asvs-24`.
    let id: String
    let state: State
    /// What must be so.
    let text: String

    /// Reads a line such as `asvs-24 | tested | …`. Throws `VALIDATION_ERROR` for another form.
    init(line: some StringProtocol) throws(AppError) {
        let parts = line.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false).map { Self.trimmed($0) }
        guard parts.count == 3, parts[0].wholeMatch(of: /[a-z]+-\d{2}/) != nil, !parts[2].isEmpty else {
            throw AppError(.validation, "no check: \(line)")
        }
        id = parts[0]
        text = parts[2]
        if parts[1] == "tested" {
            state = .tested
        } else if let match = parts[1].wholeMatch(of: /later: (\d+), .+/), let issue = Int(match.output.1) {
            state = .later(issue: issue)
        } else {
            throw AppError(.validation, "neither `tested` nor `later: N, part`: \(line)")
        }
    }

    /// Reads the list; lines that begin with `#` are left out.
    static func list(_ text: String) throws(AppError) -> [Check] {
        var list: [Check] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("#") { list.append(try Check(line: line)) }
        return list
    }

    /// The ids in names of tests: `asvs-13, auth-03: …` between quotes, at the beginning of the name or behind another id.
    static func ids(inNamesOf text: String) -> Set<String> {
        var found: Set<String> = []
        for match in text.matches(of: /(?:@(?:Test|Suite)\(\s*"|func `)([^":`]*):/) {
            for id in match.output.1.matches(of: /\b(?:asvs|auth|notify|privacy|export)-\d{2}\b/) { found.insert(String(id.output)) }
        }
        return found
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return String(rest)
    }
}
