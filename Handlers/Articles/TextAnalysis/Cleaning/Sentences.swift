/// Splits plain English text into sentences.
///
/// A full stop ends one where a blank and then a capital, a digit or an opening quote follow, unless it belongs to an abbreviation, an initial
/// ("J. Smith") or a number; `!`, `?` and `…` always do. Closing quotes and brackets belong to the sentence that they close.
public enum Sentences {
    public static func split(_ text: String) -> [Substring] {
        let bytes = text.utf8
        var sentences: [Substring] = []
        var start = bytes.startIndex
        var at = bytes.startIndex
        while at < bytes.endIndex {
            let byte = bytes[at]
            var next = bytes.index(after: at)
            guard byte == UInt8(ascii: ".") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "\n") else {
                at = next
                continue
            }
            while next < bytes.endIndex, isClosing(bytes[next]) { next = bytes.index(after: next) }
            let ends = byte == UInt8(ascii: "\n") || (next == bytes.endIndex || bytes[next] <= 0x20) && begins(bytes, next)
            if ends, byte != UInt8(ascii: ".") || !isAbbreviation(bytes[start..<at]) {
                append(text[start..<next], to: &sentences)
                start = next
            }
            at = next
        }
        append(text[start...], to: &sentences)
        return sentences
    }

    private static func append(_ piece: Substring, to sentences: inout [Substring]) {
        var piece = piece
        while let first = piece.utf8.first, first <= 0x20 { piece = piece.dropFirst() }
        while let last = piece.utf8.last, last <= 0x20 { piece = piece.dropLast() }
        if !piece.isEmpty { sentences.append(piece) }
    }

    private static func isClosing(_ byte: UInt8) -> Bool { ".!?\"')]".utf8.contains(byte) }

    /// Whether the next word looks like a sentence's first.
    private static func begins(_ bytes: String.UTF8View, _ from: String.Index) -> Bool {
        guard let first = bytes[from...].first(where: { $0 > 0x20 }) else { return true }
        return Bytes.isUpper(first) || Bytes.isDigit(first) || first >= 0x80 || "\"'([".utf8.contains(first)
    }

    private static func isAbbreviation(_ before: Substring.UTF8View) -> Bool {
        let word = before.suffix(while: { $0 > 0x20 && $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: "\"") })
        guard let last = word.last, Bytes.isLetter(last) else { return false }
        if word.count == 1, Bytes.isUpper(last) { return true }
        if word.contains(UInt8(ascii: ".")) { return true }
        return abbreviations.contains(String(decoding: word, as: UTF8.self).lowercased())
    }

    private static let abbreviations: Set = [
        "mr", "mrs", "ms", "dr", "prof", "sr", "jr", "st", "gen", "sen", "rep", "gov", "lt", "col", "sgt", "capt", "rev", "hon", "messrs", "inc",
        "corp",
        "ltd", "co", "cos", "bros", "plc", "vs", "etc", "no", "nos", "vol", "fig", "approx", "dept", "est", "jan", "feb", "mar", "apr", "jun", "jul",
        "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "mt", "ft", "rs", "pp", "ca", "cf", "al",
    ]
}

extension BidirectionalCollection {
    /// The longest end whose elements all satisfy.
    fileprivate func suffix(while satisfies: (Element) -> Bool) -> SubSequence {
        var start = endIndex
        while start > startIndex, satisfies(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}
