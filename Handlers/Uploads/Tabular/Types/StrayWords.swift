/// The words of a column that are no values, while there are very few different ones: then each of them may stand for no value.
struct StrayWords: Sendable {
    private static let most = 2
    private static let longest = 24

    struct Word: Sendable {
        let hash: UInt64
        let text: String
        var count: Int
    }

    private(set) var words: [Word] = []
    /// Whether there were too many different words to keep.
    private(set) var isOver = false

    /// How often the words were seen.
    var count: Int { words.reduce(0) { $0 + $1.count } }

    @inline(__always)
    mutating func add(_ text: FieldText, _ hash: UInt64) {
        if isOver { return }
        if let known = words.firstIndex(where: { $0.hash == hash }) {
            words[known].count += 1
        } else if words.count < Self.most, text.count <= Self.longest {
            words.append(Word(hash: hash, text: text.excerpt(Self.longest), count: 1))
        } else {
            isOver = true
            words = []
        }
    }

    mutating func merge(_ other: StrayWords) {
        isOver = isOver || other.isOver
        for word in other.words where !isOver {
            if let known = words.firstIndex(where: { $0.hash == word.hash }) {
                words[known].count += word.count
            } else if words.count < Self.most {
                words.append(word)
            } else {
                isOver = true
            }
        }
        if isOver { words = [] }
    }
}
