/// Numbers with anything around or between their digits.
struct NumberScan {
    /// A kind of mark between digits.
    private enum Mark: UInt8 { case point, comma, blank, apostrophe }

    private let text: FieldText
    private var low = 0
    private var high: Int
    private var negative = false
    private var signed = false
    private var plus = false
    private var percent = false
    private var currency = 0
    /// Whether a currency of letters alone touches the digits: then it may be a code such as `RM12`.
    private var touching = false

    private init(_ text: FieldText) {
        self.text = text
        high = text.count
    }

    static func read(_ text: FieldText) -> NumberReading? {
        var scan = NumberScan(text)
        if text[0] == UInt8(ascii: "("), text[text.count - 1] == UInt8(ascii: ")"), text.count > 2 {
            scan.negative = true
            scan.signed = true
            scan.low = 1
            scan.high -= 1
        }
        guard scan.front(), scan.back(), scan.low < scan.high else { return nil }
        return scan.core()
    }

    /// Sign, currency and percent sign before the digits.
    private mutating func front() -> Bool {
        while low < high {
            let byte = text[low]
            if byte &- 48 < 10 { return true }
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") { return low + 1 < high && text[low + 1] &- 48 < 10 }
            let blank = FieldText.blank(text.bytes + low, high - low)
            if blank > 0 {
                low += blank
                touching = false
            } else if let length = minus(at: low) {
                guard !signed else { return false }
                signed = true
                negative = true
                low += length
            } else if byte == UInt8(ascii: "+") {
                guard !signed else { return false }
                signed = true
                plus = true
                low += 1
            } else if byte == UInt8(ascii: "%") {
                guard !percent, currency == 0 else { return false }
                percent = true
                low += 1
            } else {
                guard prefix() else { return false }
            }
        }
        return false
    }

    /// A currency before the digits.
    private mutating func prefix() -> Bool {
        guard currency == 0, !percent else { return false }
        var end = low
        while end < high, text[end] &- 48 >= 10, FieldText.blank(text.bytes + end, high - end) == 0, minus(at: end) == nil,
            text[end] != UInt8(ascii: "+"), end - low < 12
        {
            end += 1
        }
        var length = end - low
        if CurrencyWords.find(text.bytes + low, length) == nil, length > 1, text[end - 1] == UInt8(ascii: ".") { length -= 1 }
        guard let found = CurrencyWords.find(text.bytes + low, length) else { return false }
        currency = found
        touching = isLetters(low, low + length)
        low += length
        return true
    }

    /// Sign, currency and percent sign behind the digits.
    private mutating func back() -> Bool {
        var apart = false
        while high > low {
            let byte = text[high - 1]
            if byte &- 48 < 10 { return true }
            if byte == UInt8(ascii: "."), high - 2 >= low, text[high - 2] &- 48 < 10, !apart { return true }
            let blank = trailingBlank()
            if blank > 0 {
                high -= blank
                apart = true
            } else if byte == UInt8(ascii: "-") || minus(at: max(low, high - 3)) == 3 && high - 3 >= low {
                guard !signed else { return false }
                signed = true
                negative = true
                high -= byte == UInt8(ascii: "-") ? 1 : 3
            } else if byte == UInt8(ascii: "%") {
                guard !percent, currency == 0 else { return false }
                percent = true
                high -= 1
            } else {
                guard suffix() else { return false }
            }
        }
        return false
    }

    /// A currency behind the digits.
    private mutating func suffix() -> Bool {
        guard currency == 0, !percent else { return false }
        var start = high
        while start > low, text[start - 1] &- 48 >= 10, high - start < 12 {
            if FieldText.blank(text.bytes + start - 1, 1) > 0 || start - 2 >= low && FieldText.blank(text.bytes + start - 2, 2) == 2
                || start - 3 >= low && FieldText.blank(text.bytes + start - 3, 3) == 3
            {
                break
            }
            start -= 1
        }
        if start < high, text[start] == UInt8(ascii: "-") { start += 1 }
        guard start < high, let found = CurrencyWords.find(text.bytes + start, high - start) else { return false }
        currency = found
        touching = isLetters(start, high) && start > low && text[start - 1] &- 48 < 10
        high = start
        return true
    }

    private func trailingBlank() -> Int {
        if FieldText.blank(text.bytes + high - 1, 1) == 1 { return 1 }
        if high - 2 >= low, FieldText.blank(text.bytes + high - 2, 2) == 2 { return 2 }
        if high - 3 >= low, FieldText.blank(text.bytes + high - 3, 3) == 3 { return 3 }
        return 0
    }

    private func isLetters(_ start: Int, _ end: Int) -> Bool {
        for index in start..<end where (text[index] | 0x20) &- 97 >= 26 { return false }
        return true
    }

    /// The length of a hyphen or minus sign; nil where there is none.
    private func minus(at index: Int) -> Int? {
        if text[index] == UInt8(ascii: "-") { return 1 }
        // U+2212 minus, U+2013 en dash.
        guard text[index] == 0xE2, index + 2 < text.count else { return nil }
        return text[index + 1] == 0x88 && text[index + 2] == 0x92 || text[index + 1] == 0x80 && text[index + 2] == 0x93 ? 3 : nil
    }

    /// Digits, the marks between them, an exponent.
    private func core() -> NumberReading? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 72) { digits -> NumberReading? in
            var marks = MarkList()
            var count = 0
            var index = low
            while index < high {
                let byte = text[index]
                if byte &- 48 < 10 {
                    digits[count] = byte
                    count += 1
                    index += 1
                    continue
                }
                let kind: Mark
                var length = 1
                switch byte {
                case UInt8(ascii: "."): kind = .point
                case UInt8(ascii: ","): kind = .comma
                case UInt8(ascii: "'"): kind = .apostrophe
                case UInt8(ascii: "e"), UInt8(ascii: "E"): return exponent()
                case 0xE2 where index + 2 < high && text[index + 1] == 0x80 && text[index + 2] == 0x99:
                    kind = .apostrophe
                    length = 3
                default:
                    length = FieldText.blank(text.bytes + index, high - index)
                    guard length > 0, byte != 0x0A, byte != 0x0D else { return nil }
                    kind = .blank
                }
                guard marks.append(kind.rawValue, at: count) else { return nil }
                index += length
            }
            guard count > 0 else { return nil }
            return reading(digits, count, marks)
        }
    }

    private func reading(_ digits: UnsafeMutableBufferPointer<UInt8>, _ count: Int, _ marks: MarkList) -> NumberReading? {
        let isPlain = !marks.holds(Mark.point.rawValue) && !marks.holds(Mark.comma.rawValue)
        if touching, isPlain { return nil }
        let byPoint = marks.split(decimal: Mark.point.rawValue, digits: count, first: digits[0])
        let byComma = marks.split(decimal: Mark.comma.rawValue, digits: count, first: digits[0])
        guard byPoint != nil || byComma != nil else { return nil }
        let point = byPoint.map { value(digits, count, fraction: $0.fraction) } ?? .nan
        let comma = byComma.map { byPoint?.fraction == $0.fraction ? point : value(digits, count, fraction: $0.fraction) } ?? .nan
        guard !point.isNaN || !comma.isNaN else { return nil }
        let grouping = (byPoint?.grouping ?? nil) ?? (byComma?.grouping ?? nil)
        let last = marks.count > 0 && marks.kind(marks.count - 1) <= Mark.comma.rawValue ? count - marks.place(marks.count - 1) : 0
        return NumberReading(
            point: point, comma: comma, isPlain: isPlain, grouping: grouping.map { Self.byte(of: $0) } ?? 0,
            wholeDigits: count - min(byPoint?.fraction ?? count, byComma?.fraction ?? count), fractionDigits: last, currency: currency,
            isPercent: percent, isZeroLed: marks.count == 0 && count > 1 && digits[0] == 48, hasPlus: plus)
    }

    private static func byte(of kind: UInt8) -> UInt8 {
        switch Mark(rawValue: kind) {
        case .point: UInt8(ascii: ".")
        case .comma: UInt8(ascii: ",")
        case .apostrophe: UInt8(ascii: "'")
        default: UInt8(ascii: " ")
        }
    }

    private func value(_ digits: UnsafeMutableBufferPointer<UInt8>, _ count: Int, fraction: Int) -> Double {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 80) { plain in
            var length = 0
            for index in 0..<count {
                if index == count - fraction {
                    plain[length] = UInt8(ascii: ".")
                    length += 1
                }
                plain[length] = digits[index]
                length += 1
            }
            let value = plain.baseAddress.flatMap { NumberCell.parse($0, length) } ?? .nan
            return negative ? -value : value
        }
    }

    /// Scientific notation, always with a decimal point.
    private func exponent() -> NumberReading? {
        guard let value = NumberCell.parse(text.bytes + low, high - low) else { return nil }
        let signed = negative ? -value : value
        return NumberReading(
            point: signed, comma: .nan, isPlain: false, wholeDigits: 1, fractionDigits: 1, currency: currency, isPercent: percent, hasPlus: plus)
    }
}
