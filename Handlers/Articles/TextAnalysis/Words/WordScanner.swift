/// One word, number or mark of a text.
struct Word {
    enum Kind: UInt8 { case letters, number, mark }

    /// Where it stands, in bytes of the text.
    var range: Range<Int>
    /// Of its bytes in lower case; the same in every run and on every machine.
    var hash: UInt32
    var kind: Kind
    var isCapitalized: Bool
    /// At least two letters, all upper case.
    var isShouted: Bool
}

/// Splits a text into words, numbers and marks, without allocation once its list has grown.
///
/// Letters are ASCII letters, apostrophes between them, and every byte beyond ASCII but those of marks; a number keeps its separators.
struct WordScanner {
    private(set) var words: [Word] = []

    mutating func scan(_ text: borrowing Span<UInt8>) {
        words.removeAll(keepingCapacity: true)
        var at = 0
        while at < text.count {
            let byte = text[at]
            if byte <= 0x20 {
                at += 1
            } else if let length = signLength(text, at) {
                at = sign(text, at, length)
            } else if Bytes.isLetter(byte) || byte >= 0x80 {
                at = letters(text, at)
            } else if Bytes.isDigit(byte) {
                at = number(text, at)
            } else {
                at = mark(text, at)
            }
        }
    }

    private mutating func letters(_ text: borrowing Span<UInt8>, _ start: Int) -> Int {
        var at = start
        var hash = WordHash.seed
        var upper = 0
        while at < text.count {
            let byte = text[at]
            if at > start, let length = signLength(text, at) {
                // U+2019 between letters is an apostrophe.
                guard length == 3, text[at + 1] == 0x80, text[at + 2] == 0x99, at + 3 < text.count, Bytes.isLetter(text[at + 3]) else { break }
                hash = WordHash.add(Bytes.apostrophe, to: hash)
                at += 3
                continue
            }
            if Bytes.isLetter(byte) || byte >= 0x80 || Bytes.isDigit(byte) {
                if Bytes.isUpper(byte) { upper += 1 }
                hash = WordHash.add(Bytes.lowered(byte), to: hash)
            } else if byte == Bytes.apostrophe, at > start, at + 1 < text.count, Bytes.isLetter(text[at + 1]) {
                hash = WordHash.add(byte, to: hash)
            } else {
                break
            }
            at += 1
        }
        words.append(
            Word(
                range: start..<at, hash: hash, kind: .letters, isCapitalized: Bytes.isUpper(text[start]),
                isShouted: upper >= 2 && upper >= at - start - 1))
        return at
    }

    /// Bytes of a mark beyond ASCII: U+00A0 to U+00BF, U+2000 to U+203F (dashes, quotation marks, blanks), U+2080 to U+20BF (currencies).
    @inline(__always) private func signLength(_ text: borrowing Span<UInt8>, _ at: Int) -> Int? {
        if text[at] == 0xC2, at + 1 < text.count, text[at + 1] & 0xE0 == 0xA0 { return 2 }
        if text[at] == 0xE2, at + 2 < text.count, text[at + 1] == 0x80 || text[at + 1] == 0x82 { return 3 }
        return nil
    }

    private mutating func sign(_ text: borrowing Span<UInt8>, _ start: Int, _ length: Int) -> Int {
        var hash = WordHash.seed
        for at in start..<start + length { hash = WordHash.add(text[at], to: hash) }
        words.append(Word(range: start..<start + length, hash: hash, kind: .mark, isCapitalized: false, isShouted: false))
        return start + length
    }

    private mutating func number(_ text: borrowing Span<UInt8>, _ start: Int) -> Int {
        var at = start
        while at < text.count, Bytes.isDigit(text[at]) || (at + 1 < text.count && Bytes.isDigit(text[at + 1]) && Bytes.joinsDigits(text[at])) {
            at += 1
        }
        words.append(Word(range: start..<at, hash: WordHash.number, kind: .number, isCapitalized: false, isShouted: false))
        return at
    }

    /// A run of the same mark is one.
    private mutating func mark(_ text: borrowing Span<UInt8>, _ start: Int) -> Int {
        let byte = text[start]
        var at = start + 1
        while at < text.count, text[at] == byte { at += 1 }
        words.append(
            Word(range: start..<at, hash: WordHash.add(byte, to: WordHash.seed), kind: .mark, isCapitalized: false, isShouted: false))
        return at
    }
}

/// FNV-1a, 32 bit (Fowler, Noll, Vo; draft-eastlake-fnv), finished by a multiplication where it becomes an index.
enum WordHash {
    static let seed: UInt32 = 2_166_136_261
    static let number: UInt32 = add(0x30, to: seed)

    @inline(__always) static func add(_ byte: UInt8, to hash: UInt32) -> UInt32 { (hash ^ UInt32(byte)) &* 16_777_619 }

    @inline(__always) static func mix(_ one: UInt32, _ other: UInt32) -> UInt32 {
        var mixed = one &* 0x9E37_79B1 ^ (other &+ 0x85EB_CA6B)
        mixed = (mixed ^ mixed >> 15) &* 0x2C1B_3C6D
        return mixed ^ mixed >> 13
    }

    static func of(_ text: some Sequence<UInt8>) -> UInt32 { text.reduce(seed) { add($1, to: $0) } }
}

/// What a byte is, in ASCII.
enum Bytes {
    static let apostrophe: UInt8 = 0x27

    @inline(__always) static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    @inline(__always) static func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
    @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    @inline(__always) static func lowered(_ byte: UInt8) -> UInt8 { isUpper(byte) ? byte | 0x20 : byte }
    /// `.`, `,`, `:`, `/` between digits.
    @inline(__always) static func joinsDigits(_ byte: UInt8) -> Bool { byte == 0x2E || byte == 0x2C || byte == 0x3A || byte == 0x2F }
}
