/// The parts of a name such as `0007_add_alerts.up.sql`.
struct MigrationFileName: Hashable, CustomStringConvertible {
    let version: Int
    let words: String
    let isUp: Bool

    init(version: Int, words: String, isUp: Bool) {
        self.version = version
        self.words = words
        self.isUp = isUp
    }

    init?(_ text: String) {
        let isUp = text.hasSuffix(".up.sql")
        guard isUp || text.hasSuffix(".down.sql") else { return nil }
        let stem = text.dropLast(isUp ? 7 : 9)
        let words = stem.dropFirst(5)
        guard stem.utf8.count > 5, stem.dropFirst(4).first == "_", let version = Int(stem.prefix(4)), version > 0,
            words.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") })
        else { return nil }
        self.init(version: version, words: String(words), isUp: isUp)
    }

    var counterpart: MigrationFileName { MigrationFileName(version: version, words: words, isUp: !isUp) }

    var description: String {
        let digits = String(version)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + "_\(words).\(isUp ? "up" : "down").sql"
    }
}
