/// `March 1, 2024`, `1 March 2024`, `2024-03-01`, `March 2024`, `Oct. 1`, `Tuesday`, `Q3 2024`.
enum DateRule {
    static func find(_ tokens: Tokens) -> [Entity] {
        var found: [Entity] = []
        for at in tokens.words.indices {
            if let entity = iso(tokens, at) ?? monthFirst(tokens, at) ?? dayFirst(tokens, at) ?? quarter(tokens, at) ?? weekday(tokens, at) {
                found.append(entity)
            }
        }
        return found
    }

    private static func iso(_ tokens: Tokens, _ at: Int) -> Entity? {
        guard at + 4 < tokens.words.count, tokens.word(at + 1) == "-", tokens.word(at + 3) == "-", (1...4).allSatisfy({ tokens.isGlued(at + $0) }),
            let year = year(tokens.word(at)), let month = Int(tokens.word(at + 2)), let day = Int(tokens.word(at + 4)),
            let text = full(year, month, day)
        else { return nil }
        return tokens.entity(.date, at, at + 4, confidence: 1, day: text)
    }

    private static func monthFirst(_ tokens: Tokens, _ at: Int) -> Entity? {
        guard let month = month(tokens, at) else { return nil }
        var next = at + 1
        if tokens.word(next) == ".", tokens.isGlued(next) { next += 1 }
        if let year = year(tokens.word(next)) { return tokens.entity(.date, at, next, confidence: 0.95, day: nil).with(month: month, year: year) }
        guard let day = Int(tokens.word(next)), (1...31).contains(day) else {
            // "may" and "march" are words too.
            return tokens.lowered(at) == "may" || tokens.lowered(at) == "march" || tokens.word(at).utf8.count <= 3
                ? nil : tokens.entity(.date, at, at, confidence: 0.6)
        }
        let behind = tokens.word(next + 1) == "," ? next + 2 : next + 1
        if let year = year(tokens.word(behind)), let text = full(year, month, day) {
            return tokens.entity(.date, at, behind, confidence: 1, day: text)
        }
        return tokens.entity(.date, at, next, confidence: 0.9)
    }

    private static func dayFirst(_ tokens: Tokens, _ at: Int) -> Entity? {
        guard let day = Int(tokens.word(at)), (1...31).contains(day), at + 1 < tokens.words.count, tokens.isBlankBefore(at + 1),
            let month = month(tokens, at + 1)
        else { return nil }
        if let year = year(tokens.word(at + 2)), let text = full(year, month, day) {
            return tokens.entity(.date, at, at + 2, confidence: 1, day: text)
        }
        return tokens.entity(.date, at, at + 1, confidence: 0.9)
    }

    private static func quarter(_ tokens: Tokens, _ at: Int) -> Entity? {
        guard ["Q1", "Q2", "Q3", "Q4"].contains(tokens.word(at)) else { return nil }
        return tokens.entity(.date, at, year(tokens.word(at + 1)) == nil ? at : at + 1, confidence: 0.8)
    }

    private static func weekday(_ tokens: Tokens, _ at: Int) -> Entity? {
        guard tokens.words[at].isCapitalized,
            ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].contains(tokens.lowered(at))
        else { return nil }
        return tokens.entity(.date, at, at, confidence: 0.7)
    }

    private static func month(_ tokens: Tokens, _ at: Int) -> Int? {
        guard at < tokens.words.count, tokens.words[at].isCapitalized else { return nil }
        let word = tokens.lowered(at)
        return months.firstIndex { word == $0 || word.utf8.count >= 3 && word.utf8.count <= 4 && $0.hasPrefix(word) }.map { $0 + 1 }
    }

    private static func year(_ word: String) -> Int? {
        guard word.utf8.count == 4, let year = Int(word), (1800...2199).contains(year) else { return nil }
        return year
    }

    private static func full(_ year: Int, _ month: Int, _ day: Int) -> String? {
        guard (1...12).contains(month) else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        guard (1...length).contains(day) else { return nil }
        return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
    ]
}

extension Entity {
    /// A month of a year: `2024-03`.
    fileprivate func with(month: Int, year: Int) -> Entity {
        var entity = self
        entity.day = "\(year)-\(month < 10 ? "0" : "")\(month)"
        return entity
    }
}
