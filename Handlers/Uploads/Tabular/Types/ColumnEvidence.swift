/// What one column's fields say, gathered in one pass in constant memory. Mergeable.
struct ColumnEvidence: Sendable {
    /// Fields without a character, and fields that are missing because their row is short.
    private(set) var empty = 0
    /// All other fields.
    private(set) var filled = 0
    private(set) var numbers: NumberEvidence
    private(set) var times: TimeEvidence
    /// How often each null word was seen, by its number.
    private(set) var nulls: [Int: Int] = [:]
    /// Fields that are neither number nor time nor null word.
    private(set) var texts = 0
    /// Of those, how many hold a blank.
    private(set) var textsWithBlanks = 0
    private(set) var strays = StrayWords()
    private(set) var shortest = Int.max
    private(set) var longest = 0
    private(set) var distinct: DistinctCounter
    private(set) var frequent: FrequentValues
    /// The first fields of each class, for messages.
    private(set) var examples = Examples()

    /// - Parameter missing: rows that had no such field.
    init(limits: ProfileLimits, missing: Int = 0) {
        empty = missing
        numbers = NumberEvidence(size: limits.quantileSize)
        times = TimeEvidence(size: limits.quantileSize)
        distinct = DistinctCounter(limit: limits.exactDistinct, precision: limits.distinctPrecision)
        frequent = FrequentValues(capacity: limits.frequentValues)
    }

    /// Counts a field that its row does not have.
    @inline(__always)
    mutating func addMissing() { empty += 1 }

    @inline(__always)
    mutating func add(_ start: UnsafePointer<UInt8>, _ length: Int, line: Int) {
        let text = FieldText(start, length)
        guard text.count > 0 else {
            empty += 1
            return
        }
        filled += 1
        if text.count < shortest { shortest = text.count }
        if text.count > longest { longest = text.count }
        let hash = TextHash.of(text.bytes, text.count)
        distinct.add(hash)
        frequent.add(hash, text.bytes, text.count)
        if text.count <= 64, text.hasDigit, !isSurelyText(text[0]) {
            if let number = NumberText.read(text) {
                numbers.add(number, text)
                if examples.numbers.count < Examples.limit { examples.add(text, line, to: \.numbers) }
                return
            }
            if let time = TimeText.read(text) {
                times.add(time)
                if examples.times.count < Examples.limit { examples.add(text, line, to: \.times) }
                return
            }
        }
        if let word = NullWords.index(text) {
            nulls[word, default: 0] += 1
            return
        }
        texts += 1
        strays.add(text, hash)
        for index in 0..<min(text.count, 64) where text[index] == 0x20 {
            textsWithBlanks += 1
            break
        }
        if examples.texts.count < Examples.limit { examples.add(text, line, to: \.texts) }
    }

    /// Whether a field that begins with a letter need not be looked at: a thousand before it were texts, and hardly any were not.
    @inline(__always)
    private func isSurelyText(_ first: UInt8) -> Bool {
        (first | 0x20) &- 97 < 26 && texts >= 1024 && (numbers.count + times.dates) * 64 < texts
    }

    mutating func merge(_ other: ColumnEvidence) {
        empty += other.empty
        filled += other.filled
        numbers.merge(other.numbers)
        times.merge(other.times)
        nulls.merge(other.nulls) { $0 + $1 }
        texts += other.texts
        textsWithBlanks += other.textsWithBlanks
        strays.merge(other.strays)
        shortest = min(shortest, other.shortest)
        longest = max(longest, other.longest)
        distinct.merge(other.distinct)
        frequent.merge(other.frequent)
        examples.merge(other.examples)
    }
}

/// A few fields of a column and where they are.
struct Examples: Sendable {
    static let limit = 3

    struct Example: Sendable {
        let text: String
        /// The line of the file where its record begins.
        let line: Int
    }

    var numbers: [Example] = []
    var times: [Example] = []
    var texts: [Example] = []

    mutating func add(_ text: FieldText, _ line: Int, to list: WritableKeyPath<Examples, [Example]>) {
        self[keyPath: list].append(Example(text: text.excerpt(40), line: line))
    }

    mutating func merge(_ other: Examples) {
        numbers = Array((numbers + other.numbers).prefix(Self.limit))
        times = Array((times + other.times).prefix(Self.limit))
        texts = Array((texts + other.texts).prefix(Self.limit))
    }
}
