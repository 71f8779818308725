import Kernel

/// A line of `pitfalls.txt`.
struct Pitfall: Equatable {
    enum State: Equatable {
        /// A test or a lint rule names it.
        case tested
        /// The named part of the product, which could fall into it, is not there yet.
        case later(String)
    }

    let number: Int
    let state: State
    /// What goes wrong.
    let text: String

    /// Reads a line such as `12 | tested | …`. Throws `VALIDATION_ERROR` for another form.
    init(line: some StringProtocol) throws(AppError) {
        let parts = line.split(separator: "|", maxSplits: 2).map { $0.trimmed }
        guard parts.count == 3, let number = Int(parts[0]), !parts[2].isEmpty else { throw AppError(.validation, "no pitfall: \(line)") }
        self.number = number
        text = parts[2]
        if parts[1] == "tested" {
            state = .tested
        } else if parts[1].hasPrefix("later: "), parts[1].count > "later: ".count {
            state = .later(String(parts[1].dropFirst("later: ".count)))
        } else {
            throw AppError(.validation, "neither `tested` nor `later: part`: \(line)")
        }
    }

    /// Reads the list; blank lines and those that begin with `#` are left out.
    static func list(_ text: String) throws(AppError) -> [Pitfall] {
        var list: [Pitfall] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("#") { list.append(try Pitfall(line: line)) }
        return list
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmed: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return String(rest)
    }
}
