/// What a password must be when it is set (NIST SP 800-63B-4, section 3.1.1.2). None of it is asked of a password that is checked.
///
/// Only length, a list of common passwords, and the person's own words: any character counts, none is demanded. A password is used exactly as it was
/// sent, counted in Unicode code points; the list is compared with the entire password, whatever its case.
public enum PasswordRules {
    /// The least where the password is the only factor, in code points.
    public static let shortestAlone = 15
    /// The least beside a second factor, in code points.
    public static let shortestBesideFactor = 8
    /// More is refused, in code points. So it takes a moment to hash, whoever sends it.
    public static let longest = 512

    /// What is wrong with a new password; nil: nothing. `words` are the person's and the tenant's names and addresses, see ``OwnWords``.
    public static func issue(with password: String, isOnlyFactor: Bool, words: [String]) -> String? {
        let shortest = isOnlyFactor ? shortestAlone : shortestBesideFactor
        let length = password.unicodeScalars.count
        guard length <= longest else { return "expected at most \(longest) characters" }
        guard length >= shortest else { return "expected at least \(shortest) characters" }
        let folded = password.lowercased()
        guard !isCommon(folded) else { return "is one of the most common passwords; choose another" }
        guard !OwnWords.make(folded, words) else { return "is made of your own names or of the product's; choose another" }
        return nil
    }

    /// Whether the list holds a text that is in lower case already. Searches the sorted words where they stand.
    static func isCommon(_ folded: String) -> Bool {
        var folded = folded
        return folded.withUTF8 { wanted in
            let words = UnsafeBufferPointer(start: CommonPasswords.words.utf8Start, count: CommonPasswords.words.utf8CodeUnitCount)
            var low = 0
            var high = words.count
            while low < high {
                var begin = low + (high - low) / 2
                while begin > low, !isBetween(words[begin - 1]) { begin -= 1 }
                let end = words[begin..<high].firstIndex(where: isBetween) ?? high
                let word = words[begin..<end]
                if word.elementsEqual(wanted) { return true }
                if word.lexicographicallyPrecedes(wanted) { low = min(end + 1, high) } else { high = begin }
            }
            return false
        }
    }

    /// A blank or the end of a line, which stand between two words.
    private static func isBetween(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") }
}
