/// A place in a field that is read as a time.
struct TimeCursor {
    let text: FieldText
    var position = 0

    var isAtEnd: Bool { position >= text.count }
    /// The byte here; 0 at the end.
    @inline(__always)
    var byte: UInt8 { position < text.count ? text[position] : 0 }
    @inline(__always)
    var isDigit: Bool { byte &- 48 < 10 }

    @inline(__always)
    func peek(_ offset: Int) -> UInt8 { position + offset < text.count ? text[position + offset] : 0 }

    /// A run of digits: its value and how many there are; nil where there is none or more than nine.
    @inline(__always)
    mutating func number() -> (value: Int, digits: Int)? {
        var value = 0
        let start = position
        while position < text.count {
            let digit = text[position] &- 48
            guard digit < 10 else { break }
            value = value &* 10 &+ Int(digit)
            position += 1
            if position - start > 9 { return nil }
        }
        return position > start ? (value, position - start) : nil
    }

    /// Skips one byte.
    @inline(__always)
    mutating func skip(_ wanted: UInt8) -> Bool {
        guard byte == wanted, position < text.count else { return false }
        position += 1
        return true
    }

    /// Skips blanks; false where there were none.
    @discardableResult
    mutating func skipBlanks() -> Bool {
        let start = position
        while position < text.count {
            let blank = FieldText.blank(text.bytes + position, text.count - position)
            guard blank > 0 else { break }
            position += blank
        }
        return position > start
    }

    /// Skips a character of several bytes.
    mutating func skip(characters: StaticString) -> Bool {
        let length = characters.utf8CodeUnitCount
        guard position + length <= text.count else { return false }
        for index in 0..<length where text[position + index] != characters.utf8Start[index] { return false }
        position += length
        return true
    }

    /// The run of letters here: ASCII letters, dots inside and everything beyond ASCII but blanks.
    func wordLength(dots: Bool = false) -> Int {
        var end = position
        while end < text.count {
            let byte = text[end]
            let isLetter = (byte | 0x20) &- 97 < 26 || byte >= 0x80 && FieldText.blank(text.bytes + end, text.count - end) == 0
            guard isLetter || dots && byte == UInt8(ascii: ".") && end > position else { break }
            end += 1
        }
        return end - position
    }

    /// Reads the word here if a table has it.
    mutating func word(_ table: WordTable, dots: Bool = false) -> Int? {
        let length = wordLength(dots: dots)
        guard length > 0, let value = table.find(text.bytes + position, length) else { return nil }
        position += length
        return value
    }
}
