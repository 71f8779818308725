/// What the lexicons say of a word.
struct Tone {
    /// The VADER lexicon's, −4…4.
    var vader: Float = 0
    /// What it does in news.
    var role = Role.none

    enum Role: UInt8 { case none, good, bad, up, down, asset, burden, negation, booster, damper, but }
}

/// Tones by the hash of a word in lower case; built once.
struct ToneTable: Sendable {
    static let shared = ToneTable()

    private static let places = 1 << 16
    private var hashes = [UInt32](repeating: 0, count: places)
    private var vader = [Int8](repeating: 0, count: places)
    private var roles = [UInt8](repeating: 0, count: places)

    private init() {
        Self.forEachWord(VaderLexicon.words) { entry in
            guard let sign = entry.lastIndex(of: UInt8(ascii: "=")), let valence = Self.tenths(entry[(sign + 1)...]) else { return }
            let place = place(of: WordHash.of(entry[..<sign]))
            vader[place] = Int8(clamping: valence)
        }
        let classes: [(StaticString, Tone.Role, inflects: Bool)] = [
            (ShifterWords.negations, .negation, false), (ShifterWords.boosters, .booster, false), (ShifterWords.dampers, .damper, false),
            (ShifterWords.contrasts, .but, false),
            (NewsLexicon.burden, .burden, false), (NewsLexicon.asset, .asset, false), (NewsLexicon.down, .down, true), (NewsLexicon.up, .up, true),
            (NewsLexicon.bad, .bad, true), (NewsLexicon.good, .good, true),
        ]
        for (words, role, _) in classes {
            Self.forEachWord(words) { mark($0, as: role) }
        }
        for (words, role, inflects) in classes where inflects {
            Self.forEachWord(words) { word in Inflections.forEach(of: word) { mark($0, as: role) } }
        }
    }

    func tone(of hash: UInt32) -> Tone {
        var place = Int(WordHash.mix(hash, 0)) & (Self.places - 1)
        while hashes[place] != 0 {
            if hashes[place] == hash {
                return Tone(vader: Float(vader[place]) / 10, role: Tone.Role(rawValue: roles[place]) ?? .none)
            }
            place = (place + 1) & (Self.places - 1)
        }
        return Tone()
    }

    /// A word keeps the role that it got first.
    private mutating func mark(_ word: some Sequence<UInt8>, as role: Tone.Role) {
        let place = place(of: WordHash.of(word))
        if roles[place] == 0 { roles[place] = role.rawValue }
    }

    private mutating func place(of hash: UInt32) -> Int {
        var place = Int(WordHash.mix(hash, 0)) & (Self.places - 1)
        while hashes[place] != 0, hashes[place] != hash { place = (place + 1) & (Self.places - 1) }
        hashes[place] = hash
        return place
    }

    private static func forEachWord(_ text: StaticString, _ body: (ArraySlice<UInt8>) -> Void) {
        let bytes = text.withUTF8Buffer { [UInt8]($0) }
        for word in bytes.split(whereSeparator: { $0 <= 0x20 }) { body(word) }
    }

    /// `-1.5` is −15.
    private static func tenths(_ text: ArraySlice<UInt8>) -> Int? {
        Double(String(decoding: text, as: UTF8.self)).map { Int(($0 * 10).rounded()) }
    }
}

/// Regular endings of English words.
enum Inflections {
    static func forEach(of word: ArraySlice<UInt8>, _ body: ([UInt8]) -> Void) {
        let base = [UInt8](word)
        guard let last = base.last, base.count > 2, !base.contains(UInt8(ascii: "-")) else { return }
        func add(_ stem: ArraySlice<UInt8>, _ ending: StaticString) { body([UInt8](stem) + ending.withUTF8Buffer { [UInt8]($0) }) }
        let cut = base.dropLast()
        switch last {
        case UInt8(ascii: "e"):
            add(base[...], "s")
            add(base[...], "d")
            add(cut, "ing")
        case UInt8(ascii: "y") where !isVowel(base[base.count - 2]):
            add(cut, "ies")
            add(cut, "ied")
            add(base[...], "ing")
        default:
            add(base[...], "s")
            add(base[...], "es")
            add(base[...], "ed")
            add(base[...], "ing")
            if !isVowel(last), isVowel(base[base.count - 2]) {
                add(base[...] + [last], "ed")
                add(base[...] + [last], "ing")
            }
        }
        add(base[...], "ly")
    }

    private static func isVowel(_ byte: UInt8) -> Bool { "aeiou".utf8.contains(byte) }
}
