/// Makes plain text of what news services send: no markup, no references, no addresses, one blank between words.
public enum TextCleaner {
    /// The text without tags, comments, scripts and styles; character references become what they stand for; addresses of the web and control
    /// characters go; blanks and line breaks become one blank. Takes time in proportion to the text, whatever it holds.
    public static func clean(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var clean: [UInt8] = []
        clean.reserveCapacity(bytes.count)
        var at = 0
        // Where no tag, comment or reference ends any more, none is looked for again.
        var noMoreTags = false
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "<"), !noMoreTags, isTag(bytes, at) {
                guard let end = tagEnd(bytes, at) else {
                    noMoreTags = true
                    continue
                }
                blank(&clean)
                at = end
            } else if byte == UInt8(ascii: "&"), let reference = CharacterReference.read(bytes[at...]) {
                append(reference.scalar, to: &clean)
                at += reference.length
            } else if isAddress(bytes, at) {
                while at < bytes.count, bytes[at] > 0x20, bytes[at] != UInt8(ascii: "<") { at += 1 }
            } else {
                if byte <= 0x20 || byte == 0x7F { blank(&clean) } else { clean.append(byte) }
                at += 1
            }
        }
        if clean.last == 0x20 { clean.removeLast() }
        return String(decoding: clean, as: UTF8.self)
    }

    private static func blank(_ clean: inout [UInt8]) {
        if let last = clean.last, last != 0x20 { clean.append(0x20) }
    }

    private static func append(_ scalar: Unicode.Scalar, to clean: inout [UInt8]) {
        if scalar.value <= 0x20 || scalar.value == 0xA0 || (0x7F...0x9F).contains(scalar.value) { return blank(&clean) }
        clean += Array(String(scalar).utf8)
    }

    /// A letter, `/` or `!` follows; "3 < 4" is no tag.
    private static func isTag(_ bytes: [UInt8], _ at: Int) -> Bool {
        guard at + 1 < bytes.count else { return false }
        let next = bytes[at + 1]
        return Bytes.isLetter(next) || next == UInt8(ascii: "/") || next == UInt8(ascii: "!") || next == UInt8(ascii: "?")
    }

    /// Behind the tag; behind its content too where that is no text.
    private static func tagEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
        if starts(bytes, start, with: "<!--") { return find("-->", in: bytes, from: start + 4) ?? bytes.count }
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: ">")) else { return nil }
        if starts(bytes, start, with: "<script") { return find("</script>", in: bytes, from: end) ?? bytes.count }
        if starts(bytes, start, with: "<style") { return find("</style>", in: bytes, from: end) ?? bytes.count }
        return end + 1
    }

    private static func isAddress(_ bytes: [UInt8], _ at: Int) -> Bool {
        guard bytes[at] | 0x20 == UInt8(ascii: "h") || bytes[at] | 0x20 == UInt8(ascii: "w") else { return false }
        guard at == 0 || !(Bytes.isLetter(bytes[at - 1]) || Bytes.isDigit(bytes[at - 1])) else { return false }
        return starts(bytes, at, with: "http://") || starts(bytes, at, with: "https://") || starts(bytes, at, with: "www.")
    }

    private static func starts(_ bytes: [UInt8], _ at: Int, with word: StaticString) -> Bool {
        guard at + word.utf8CodeUnitCount <= bytes.count else { return false }
        return word.withUTF8Buffer { word in word.indices.allSatisfy { Bytes.lowered(bytes[at + $0]) == word[$0] } }
    }

    /// Behind the first occurrence.
    private static func find(_ word: StaticString, in bytes: [UInt8], from start: Int) -> Int? {
        var at = start
        while at + word.utf8CodeUnitCount <= bytes.count {
            if starts(bytes, at, with: word) { return at + word.utf8CodeUnitCount }
            at += 1
        }
        return nil
    }
}
