/// Words that whoever guesses one person's password tries first.
public enum OwnWords {
    private static let product = ["tenantry"]
    /// Shorter words stand in too many passwords by chance, in letters.
    private static let shortest = 3
    /// What may stand beside own words without making the password another, in letters.
    private static let smallRest = 2

    /// An address' local part and its name's parts: `jane.doe@example.com` gives `jane.doe`, `jane`, `doe`.
    public static func of(email: String) -> [String] {
        let local = String(email.prefix { $0 != "@" })
        return [local] + local.split { !$0.isLetter }.map(String.init)
    }

    /// A name and its parts.
    public static func of(name: String) -> [String] {
        [name] + name.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// Whether a password, in lower case, is nothing but such words with digits, blanks and signs between them.
    static func make(_ folded: String, _ words: [String]) -> Bool {
        let password = letters(folded)
        let words = Set((words + product).map { letters($0.lowercased()) }).filter { $0.count >= shortest }
        guard words.contains(where: { password.starts(with: $0) || contains(password, $0) }) else { return false }
        return rest(of: password, words) <= smallRest
    }

    /// Digits and signs say little about whose word it is.
    private static func letters(_ text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { $0.properties.isAlphabetic }
    }

    private static func contains(_ text: [Unicode.Scalar], _ word: [Unicode.Scalar]) -> Bool {
        text.count >= word.count && (0...text.count - word.count).contains { text[$0...].starts(with: word) }
    }

    /// How many letters no word covers, where the words are laid as well as can be.
    private static func rest(of text: [Unicode.Scalar], _ words: Set<[Unicode.Scalar]>) -> Int {
        var least = [Int](repeating: 0, count: text.count + 1)
        for end in 0..<text.count {
            least[end + 1] = least[end] + 1
            for word in words where word.count <= end + 1 {
                let begin = end + 1 - word.count
                if least[begin] < least[end + 1], text[begin...end].elementsEqual(word) { least[end + 1] = least[begin] }
            }
        }
        return least[text.count]
    }
}
