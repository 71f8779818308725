/// How much bytes look like text in the encodings of one byte: letters within words, by how usual they are, and signs where signs stand.
enum SingleByteText {
    /// 0…1 for each; cp1252 first, so that it holds where nothing speaks against it.
    static func scores(_ bytes: UnsafeBufferPointer<UInt8>) -> [(encoding: TextEncoding, score: Double)] {
        var tally = [Int](repeating: 0, count: 512)
        var cyrillic = CyrillicWords()
        var previous: UInt8 = 0x20
        for index in bytes.indices {
            let byte = bytes[index]
            cyrillic.add(byte)
            if byte >= 0x80 {
                let next = index + 1 < bytes.count ? bytes[index + 1] : 0x20
                let inWord = isLetter(previous) || isLetter(next) || previous >= 0xC0 || next >= 0xC0
                tally[Int(byte) + (inWord ? 256 : 0)] += 1
            }
            previous = byte
        }
        let tables: [(TextEncoding, ByteWeights)] = [
            (.cp1252, .western), (.latin9, .latin9), (.cp1250, .central), (.latin2, .latin2),
        ]
        var scores = tables.map { ($0.0, $0.1.mean(tally)) }
        scores.append((.cp1251, cyrillic.score))
        return scores.map { (encoding: $0.0, score: $0.1) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
}

/// What a byte above ASCII is worth, within a word and outside of one.
private struct ByteWeights {
    private var inWord: [Double]
    private var alone: [Double]

    /// - Parameters:
    ///   - common: letters that text in these languages is full of.
    ///   - rare: the other letters.
    ///   - signs: what stands alone: currencies, quotation marks, degrees.
    init(common: [UInt8], rare: [UInt8], signs: [UInt8], invalid: [UInt8], factor: Double) {
        inWord = Array(repeating: 0.1, count: 256)
        alone = Array(repeating: 0.15, count: 256)
        for byte in signs { (inWord[Int(byte)], alone[Int(byte)]) = (0.3 * factor, 0.6 * factor) }
        for byte in rare { (inWord[Int(byte)], alone[Int(byte)]) = (0.55 * factor, 0.3 * factor) }
        for byte in common { (inWord[Int(byte)], alone[Int(byte)]) = (factor, 0.5 * factor) }
        for byte in invalid { (inWord[Int(byte)], alone[Int(byte)]) = (-4, -4) }
    }

    func mean(_ tally: [Int]) -> Double {
        var sum = 0.0
        var count = 0
        for byte in 128..<256 {
            sum += alone[byte] * Double(tally[byte]) + inWord[byte] * Double(tally[256 + byte])
            count += tally[byte] + tally[256 + byte]
        }
        return count == 0 ? 0 : sum / Double(count)
    }

    private static let controls = Array(UInt8(0x80)...0x9F)
    /// é è ê à â ç ö ü ä ß ñ á í ó ú å ø æ ã õ ô î ë ï and the capitals of most.
    private static let westernCommon: [UInt8] = [
        0xE9, 0xE8, 0xEA, 0xE0, 0xE2, 0xE7, 0xF6, 0xFC, 0xE4, 0xDF, 0xF1, 0xE1, 0xED, 0xF3, 0xFA, 0xE5, 0xF8, 0xE6, 0xE3, 0xF5, 0xF4, 0xEE, 0xEB,
        0xEF, 0xFB, 0xC9, 0xC0, 0xC7, 0xD6, 0xDC, 0xC4, 0xD1, 0xC1, 0xCD, 0xD3, 0xDA, 0xC5, 0xD8, 0xC6, 0xC3, 0xD5, 0xCA, 0xC8, 0xC2, 0xD4,
    ]
    private static let westernRare: [UInt8] = [
        0xEC, 0xF2, 0xF9, 0xFD, 0xF0, 0xFE, 0xFF, 0xCC, 0xD2, 0xD9, 0xDD, 0xD0, 0xDE, 0xCB, 0xCE, 0xCF, 0xDB,
    ]
    /// No-break space, pound, section, copyright, « » registered, degree, ± ² ³ µ ·, superscripts, fractions, ¿ ¡, × ÷.
    private static let latinSigns: [UInt8] = [
        0xA0, 0xA1, 0xA3, 0xA7, 0xA9, 0xAA, 0xAB, 0xAD, 0xAE, 0xB0, 0xB1, 0xB2, 0xB3, 0xB5, 0xB7, 0xB9, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE, 0xBF, 0xD7,
        0xF7,
    ]

    static let western = ByteWeights(
        common: westernCommon, rare: westernRare + [0x9C, 0x8C, 0x9A, 0x8A, 0x9E, 0x8E, 0x9F],
        signs: latinSigns + [0x80, 0x82, 0x84, 0x85, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x99], invalid: [0x81, 0x8D, 0x8F, 0x90, 0x9D],
        factor: 1)
    static let latin9 = ByteWeights(
        common: westernCommon, rare: westernRare + [0xBD, 0xBC, 0xA8, 0xA6, 0xB8, 0xB4, 0xBE],
        signs: latinSigns.filter { !(0xBC...0xBE).contains($0) } + [0xA4], invalid: controls, factor: 0.98)
    /// ě ř š č ž ý á í é ů ú ą ę ł ś ż ź ć ń ó ő ű ö ü ľ ť ň and the capitals of most.
    static let central = ByteWeights(
        common: [
            0xEC, 0xF8, 0x9A, 0xE8, 0x9E, 0xFD, 0xE1, 0xED, 0xE9, 0xF9, 0xFA, 0xB9, 0xEA, 0xB3, 0x9C, 0xBF, 0x9F, 0xE6, 0xF1, 0xF3, 0xF5, 0xFB, 0xF6,
            0xFC, 0xBE, 0x9D, 0xF2, 0xA3, 0x8C, 0xAF, 0x8F, 0xC6, 0xD1, 0x8A, 0xC8, 0x8E, 0xD8, 0xC1,
        ],
        rare: [0xE4, 0xDF, 0xE7, 0xEE, 0xE2, 0xF4, 0xE3, 0xBA, 0xFE, 0xEF, 0xE0, 0xE5, 0xC9, 0xCD, 0xD3, 0xDA, 0xDD, 0xA5, 0xCA, 0xBC, 0xAA, 0xDE],
        signs: [
            0xA0, 0xA7, 0xA9, 0xAB, 0xAD, 0xAE, 0xB0, 0xB1, 0xB5, 0xB7, 0xBB, 0x80, 0x82, 0x84, 0x85, 0x91, 0x92, 0x93, 0x94, 0x96, 0x97, 0xD7, 0xF7,
        ],
        invalid: [0x81, 0x83, 0x88, 0x90, 0x98], factor: 0.95)
    static let latin2 = ByteWeights(
        common: [
            0xEC, 0xF8, 0xB9, 0xE8, 0xBE, 0xFD, 0xE1, 0xED, 0xE9, 0xF9, 0xFA, 0xB1, 0xEA, 0xB3, 0xB6, 0xBF, 0xBC, 0xE6, 0xF1, 0xF3, 0xF5, 0xFB, 0xF6,
            0xFC, 0xB5, 0xBB, 0xF2, 0xA3, 0xA6, 0xAF, 0xAC, 0xC6, 0xD1, 0xA9, 0xC8, 0xAE, 0xD8, 0xC1,
        ],
        rare: [0xE4, 0xDF, 0xE7, 0xEE, 0xE2, 0xF4, 0xE3, 0xBA, 0xFE, 0xEF, 0xE0, 0xE5, 0xC9, 0xCD, 0xD3, 0xDA, 0xDD, 0xA1, 0xCA, 0xA5, 0xAA, 0xDE],
        signs: [0xA0, 0xA7, 0xAD, 0xB0, 0xD7, 0xF7], invalid: controls, factor: 0.94)
}

/// Runs of Cyrillic letters in cp1251: words are long, small after the first letter, and full of the frequent vowels and consonants.
private struct CyrillicWords {
    private var letters = 0
    private var good = 0
    private var others = 0
    private var frequent = 0
    private var run = 0
    /// о е а и н т с р в л к м д п у я
    private static let common: Set<UInt8> = [
        0xEE, 0xE5, 0xE0, 0xE8, 0xED, 0xF2, 0xF1, 0xF0, 0xE2, 0xEB, 0xEA, 0xEC, 0xE4, 0xEF, 0xF3, 0xFF,
    ]

    mutating func add(_ byte: UInt8) {
        if byte >= 0xC0 || byte == 0xA8 || byte == 0xB8 {
            letters += 1
            run += 1
            if run > 1 { good += 1 }
            if Self.common.contains(byte) || Self.common.contains(byte | 0x20) { frequent += 1 }
        } else {
            if run == 1 { good -= 1 }
            run = 0
            if byte >= 0x80 { others += 1 }
        }
    }

    /// At most 0.95.
    var score: Double {
        guard letters > 3 else { return 0 }
        let share = Double(max(0, good)) / Double(letters)
        let usual = min(1, Double(frequent) / Double(letters) / 0.75)
        return 0.95 * min(1, share * 1.2) * usual * Double(letters) / Double(letters + others)
    }
}
