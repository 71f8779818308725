/// Finds organizations, places, money and dates in English text, by rules and gazetteers.
///
/// Rules need no model and no memory; what they find, they can explain. A name counts as an organization by its form ("Acme Ltd", "Bank of Ghana"), by
/// a known name, or by what is said of it ("shares of Acme"). Nothing overlaps: the longer finding stays, of two alike the surer.
public struct EntityFinder: Sendable {
    private var scanner = WordScanner()
    private let gazetteer = Gazetteer.shared

    public init() {}

    /// What a text names, in its order. Texts longer than 64 KB are read up to there.
    public mutating func find(in text: String) -> [Entity] {
        let bytes = Array(text.utf8.prefix(64 << 10))
        scanner.scan(bytes.span)
        let tokens = Tokens(bytes: bytes, words: scanner.words)
        var found = MoneyRule.find(tokens) + DateRule.find(tokens) + PlaceRule.find(tokens, gazetteer) + OrganizationRule.find(tokens, gazetteer)
        found.sort { one, other in
            if one.range.count != other.range.count { return one.range.count > other.range.count }
            if one.confidence != other.confidence { return one.confidence > other.confidence }
            return one.range.lowerBound < other.range.lowerBound
        }
        var taken: [Entity] = []
        var covered = [Bool](repeating: false, count: bytes.count)
        for entity in found where !covered[entity.range].contains(true) {
            for at in entity.range { covered[at] = true }
            taken.append(entity)
        }
        return taken.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }
}

/// A text and its words.
struct Tokens {
    let bytes: [UInt8]
    let words: [Word]

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    func word(_ at: Int) -> String { words.indices.contains(at) ? text(words[at].range) : "" }
    func lowered(_ at: Int) -> String { word(at).lowercased() }

    /// The bytes from one word's beginning to another's end.
    func span(_ first: Int, _ last: Int) -> Range<Int> { words[first].range.lowerBound..<words[last].range.upperBound }

    /// Whether nothing but one blank stands between a word and the next.
    func isBlankBefore(_ at: Int) -> Bool {
        at > 0 && words[at].range.lowerBound == words[at - 1].range.upperBound + 1 && bytes[words[at - 1].range.upperBound] == 0x20
    }

    func isGlued(_ at: Int) -> Bool { at > 0 && words[at].range.lowerBound == words[at - 1].range.upperBound }

    func entity(
        _ kind: Entity.Kind, _ first: Int, _ last: Int, confidence: Double, amount: Double? = nil, code: String? = nil, day: String? = nil
    ) -> Entity {
        let range = span(first, last)
        return Entity(kind: kind, text: text(range), range: range, confidence: confidence, amount: amount, code: code, day: day)
    }
}
