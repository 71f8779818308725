/// Which encoding a file is in, by its mark, its validity and how its bytes are distributed.
struct EncodingGuess {
    let encoding: TextEncoding
    /// How many bytes of mark there are.
    let mark: Int
    /// 0…1.
    let confidence: Double
    let reason: String

    /// - Parameter bytes: the beginning of the file, which may end within a character.
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        if let mark = ByteOrderMark.find(bytes) {
            self.init(mark.encoding, mark.length, 1, "byte order mark")
        } else if let wide = WideText.guess(bytes) {
            self.init(wide, 0, 0.9, "every other byte is zero, or line ends take two bytes")
        } else {
            self = Self.narrow(bytes)
        }
    }

    private init(_ encoding: TextEncoding, _ mark: Int, _ confidence: Double, _ reason: String) {
        self.encoding = encoding
        self.mark = mark
        self.confidence = confidence
        self.reason = reason
    }

    private static func narrow(_ bytes: UnsafeBufferPointer<UInt8>) -> EncodingGuess {
        let (valid, faults) = utf8(bytes)
        if faults == 0 {
            if valid > 0 { return EncodingGuess(.utf8, 0, 1, "all bytes are well-formed UTF-8") }
            if hasShifts(bytes) { return EncodingGuess(.iso2022JP, 0, 0.9, "escape sequences of ISO-2022-JP") }
            return EncodingGuess(.utf8, 0, 1, "all bytes are ASCII")
        }
        if valid >= 4 * faults {
            return EncodingGuess(.utf8, 0, 0.7, "\(valid) well-formed characters of UTF-8 against \(faults) bytes that are none")
        }
        var scores = MultiByteText.scores(bytes) + SingleByteText.scores(bytes)
        scores.sort { $0.score > $1.score }
        guard let best = scores.first, best.score > 0 else { return EncodingGuess(.cp1252, 0, 0.1, "no encoding fits well") }
        let second = scores.dropFirst().first?.score ?? 0
        let confidence = min(0.95, max(0.1, best.score * (0.5 + min(0.5, 2 * (best.score - max(0, second))))))
        return EncodingGuess(best.encoding, 0, confidence, "its bytes are distributed as in \(best.encoding.rawValue)")
    }

    /// Well-formed characters above ASCII, and bytes that belong to none.
    private static func utf8(_ bytes: UnsafeBufferPointer<UInt8>) -> (valid: Int, faults: Int) {
        guard let base = bytes.baseAddress else { return (0, 0) }
        var position = 0
        var valid = 0
        var faults = 0
        while position < bytes.count {
            if base[position] < 0x80 {
                position += 1
                continue
            }
            let left = bytes.count - position
            let length = UTF8Check.sequence(base + position, left)
            if length > 0 {
                valid += 1
                position += length
            } else if UTF8Check.mayContinue(base + position, left) {
                break
            } else {
                faults += 1
                position += 1
            }
        }
        return (valid, faults)
    }

    private static func hasShifts(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count > 2 else { return false }
        for index in 0..<bytes.count - 2 where bytes[index] == 0x1B {
            if bytes[index + 1] == UInt8(ascii: "$"), bytes[index + 2] == UInt8(ascii: "B") || bytes[index + 2] == UInt8(ascii: "@") { return true }
        }
        return false
    }
}

/// Text in units of two or four bytes without a mark.
private enum WideText {
    static func guess(_ bytes: UnsafeBufferPointer<UInt8>) -> TextEncoding? {
        let count = min(bytes.count, 4096) & ~3
        guard count >= 4 || bytes.count >= 2 else { return nil }
        var zeros = [0, 0, 0, 0]
        for index in 0..<count where bytes[index] == 0 { zeros[index & 3] += 1 }
        let quarter = count / 4
        if count >= 8 {
            if zeros[3] == quarter, zeros[2] * 10 > quarter * 9, zeros[0] * 10 < quarter { return .utf32le }
            if zeros[0] == quarter, zeros[1] * 10 > quarter * 9, zeros[3] * 10 < quarter { return .utf32be }
        }
        let even = zeros[0] + zeros[2]
        let odd = zeros[1] + zeros[3]
        let half = max(1, count / 2)
        if odd * 10 > half * 3, even * 20 < half { return .utf16le }
        if even * 10 > half * 3, odd * 20 < half { return .utf16be }
        // Other scripts have few zeros; their line ends, commas and digits have them all on one side.
        guard even + odd > 0, zeros.contains(where: { $0 * 50 > half }) || count < 400 else { return nil }
        var little = 0
        var big = 0
        for index in stride(from: 0, to: count - 1, by: 2) {
            if bytes[index + 1] == 0, isMark(bytes[index]) { little += 1 }
            if bytes[index] == 0, isMark(bytes[index + 1]) { big += 1 }
        }
        if little > 1, big == 0, even == 0 { return .utf16le }
        if big > 1, little == 0, odd == 0 { return .utf16be }
        return nil
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x0A, 0x0D, 0x20, 0x22, 0x2C, 0x30...0x3B, 0x7C: true
        default: false
        }
    }
}
