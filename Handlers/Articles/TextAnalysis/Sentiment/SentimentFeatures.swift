/// Turns a text into the features of the sentiment model; the trainer and the scorer share it.
struct SentimentFeatures {
    private(set) var list = FeatureList()
    private var scanner = WordScanner()
    private var tones: [Tone] = []
    private let table = ToneTable.shared

    /// Longer texts are read up to here, in bytes: an article's head carries its tone.
    static let longest = 4096

    /// Whether the last text had a word.
    var hasWords: Bool { scanner.words.contains { $0.kind == .letters } }

    mutating func extract(_ text: borrowing Span<UInt8>) {
        let text = text.extracting(..<min(text.count, Self.longest))
        list.removeAll()
        scanner.scan(text)
        tones.removeAll(keepingCapacity: true)
        for word in scanner.words { tones.append(word.kind == .letters ? table.tone(of: word.hash) : Tone()) }
        addWords()
        addParts(text)
        addRoles()
        addValences(text)
    }

    /// Words, pairs of neighbours, words behind a negation.
    private mutating func addWords() {
        var before = WordHash.seed
        var negatedUntil = -1
        let words = scanner.words
        for at in words.indices {
            let word = words[at].hash
            list.add(WordHash.mix(word, Salt.word))
            list.add(WordHash.mix(word ^ before &* 0x9E37_79B1, Salt.pair))
            if at <= negatedUntil, words[at].kind == .letters { list.add(WordHash.mix(word, Salt.negated)) }
            if tones[at].role == .negation { negatedUntil = at + 3 }
            before = word
        }
        list.endGroup(weight: Weight.words)
    }

    /// Runs of three to five letters within words, with their borders: they tie a word's forms together.
    private mutating func addParts(_ text: borrowing Span<UInt8>) {
        for word in scanner.words where word.kind == .letters && word.range.count > 2 {
            // The window starts before the word and ends behind it, where a blank is read.
            let end = word.range.upperBound + 1
            var from = word.range.lowerBound - 1
            while from + 3 <= end {
                var hash = WordHash.seed
                for at in from..<min(end, from + 5) {
                    let byte = at < word.range.lowerBound || at >= word.range.upperBound ? 0x20 : Bytes.lowered(text[at])
                    hash = WordHash.add(byte, to: hash)
                    if at - from >= 2 { list.add(WordHash.mix(hash, Salt.part)) }
                }
                from += 1
            }
        }
        list.endGroup(weight: Weight.parts)
    }

    /// What words do ("asset down", "burden up"), alone and in pairs and triples that stand near each other.
    private mutating func addRoles() {
        var last: UInt32 = 0
        var lastButOne: UInt32 = 0
        var lastAt = -100
        for at in tones.indices {
            var role = UInt32(tones[at].role.rawValue)
            if role == 0 {
                if tones[at].vader > 0.5 { role = 20 } else if tones[at].vader < -0.5 { role = 21 } else { continue }
            }
            list.add(WordHash.mix(role, Salt.role))
            if at - lastAt <= 5 {
                list.add(WordHash.mix(last << 8 | role, Salt.role))
                if lastButOne != 0 { list.add(WordHash.mix(lastButOne << 16 | last << 8 | role, Salt.role)) }
                lastButOne = last
            } else {
                lastButOne = 0
            }
            last = role
            lastAt = at
        }
        list.endGroup(weight: Weight.roles)
    }

    private mutating func addValences(_ text: borrowing Span<UInt8>) {
        var exclamations = 0
        var questions = 0
        var letters = 0
        var shouted = 0
        var capitalized = 0
        var counts = (good: Float(0), bad: Float(0))
        for at in scanner.words.indices {
            let word = scanner.words[at]
            if word.kind == .mark {
                if text[word.range.lowerBound] == UInt8(ascii: "!") { exclamations += word.range.count }
                if text[word.range.lowerBound] == UInt8(ascii: "?") { questions += 1 }
            }
            if word.kind == .letters {
                letters += 1
                if word.isShouted { shouted += 1 }
                if word.isCapitalized { capitalized += 1 }
            }
            if tones[at].role == .good { counts.good += 1 }
            if tones[at].role == .bad { counts.bad += 1 }
        }
        let outcome = ValenceRules.apply(scanner.words, tones, exclamations: exclamations, isAllShouted: shouted == letters)
        let news = (counts.good - counts.bad) / ((counts.good - counts.bad) * (counts.good - counts.bad) + 2).squareRoot()
        value(0, 1)
        value(1, outcome.compound)
        value(2, bound(outcome.good))
        value(3, bound(outcome.bad))
        value(4, outcome.highest / 4)
        value(5, outcome.lowest / 4)
        value(6, news)
        value(7, counts.good / (1 + counts.good))
        value(8, counts.bad / (1 + counts.bad))
        value(9, Float(min(exclamations, 4)) / 4)
        value(10, Float(min(questions, 2)) / 2)
        value(11, Float(min(letters, 40)) / 40)
        value(12, letters > 0 ? Float(capitalized) / Float(letters) : 0)
        value(13, abs(outcome.compound))
        value(14, abs(news))
        list.add(WordHash.mix(UInt32(Int32((outcome.compound * 5).rounded()) + 100), Salt.bin), value: 0.5)
        list.add(WordHash.mix(UInt32(Int32(max(-4, min(4, counts.good - counts.bad))) + 200), Salt.bin), value: 0.5)
        list.endValues()
    }

    private mutating func value(_ number: UInt32, _ value: Float) { list.add(WordHash.mix(number, Salt.value), value: value) }

    /// 0 stays 0, 3 becomes ½.
    private func bound(_ sum: Float) -> Float { sum / (abs(sum) + 3) }

    /// Keeps the kinds of features apart.
    private enum Salt {
        static let word: UInt32 = 1
        static let pair: UInt32 = 2
        static let negated: UInt32 = 3
        static let part: UInt32 = 4
        static let role: UInt32 = 5
        static let bin: UInt32 = 6
        static let value: UInt32 = 7
    }

    /// How much each group of features counts beside the others.
    private enum Weight {
        static let words: Float = 1.5
        static let parts: Float = 1
        static let roles: Float = 1.2
    }
}
