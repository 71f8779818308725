extension JSONParser {
    /// Reads a string whose opening quote stands at the position.
    mutating func string() throws(AppError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = UnsafeBufferPointer(rebasing: bytes[start..<position])
                guard let string = String(validating: text, as: UTF8.self) else { throw invalidUTF8(from: start) }
                position += 1
                return string
            case UInt8(ascii: "\\"): return try stringWithEscapes(from: start)
            case ..<0x20: throw unexpected("a string without control characters (write \\n, \\t or \\u00XX)")
            default: position += 1
            }
        }
        throw unexpected("'\"' at the end of the string")
    }

    private mutating func stringWithEscapes(from start: Int) throws(AppError) -> String {
        scratch.removeAll(keepingCapacity: true)
        var runStart = start
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                scratch.append(contentsOf: bytes[runStart..<position])
                guard let string = String(validating: scratch, as: UTF8.self) else { throw invalidUTF8(from: start) }
                position += 1
                return string
            case UInt8(ascii: "\\"):
                scratch.append(contentsOf: bytes[runStart..<position])
                try escape()
                runStart = position
            case ..<0x20: throw unexpected("a string without control characters (write \\n, \\t or \\u00XX)")
            default: position += 1
            }
        }
        throw unexpected("'\"' at the end of the string")
    }

    private mutating func escape() throws(AppError) {
        let start = position
        position += 1
        guard position < bytes.count else { throw unexpected("an escape such as \\n or \\u0041") }
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(bytes[position])
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0C)
        case UInt8(ascii: "n"): scratch.append(0x0A)
        case UInt8(ascii: "r"): scratch.append(0x0D)
        case UInt8(ascii: "t"): scratch.append(0x09)
        case UInt8(ascii: "u"):
            position += 1
            let scalar = try unicodeEscape(from: start)
            guard scalar.value != 0 || limits.allowsNUL else { throw failure("\\u0000 cannot be stored and is refused", at: start) }
            scratch.append(contentsOf: UTF8.encode(scalar)!)
            return
        default: throw unexpected("one of \" \\ / b f n r t u after the backslash")
        }
        position += 1
    }

    /// Reads the digits of `\u`, and the second half where they are a high surrogate (RFC 8259 section 7).
    private mutating func unicodeEscape(from start: Int) throws(AppError) -> Unicode.Scalar {
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw failure("a surrogate without its other half", at: start)
        }
        let second = try fourHexDigits()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else { throw failure("a surrogate without its other half", at: start) }
        return scalar
    }

    private mutating func fourHexDigits() throws(AppError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Hex.value(of: bytes[position]) else { throw unexpected("four hexadecimal digits after \\u") }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    /// The error for the first byte after a place that is not well-formed UTF-8 (Unicode 15, table 3-7).
    private func invalidUTF8(from start: Int) -> AppError {
        var index = start
        while index < bytes.count {
            let length = wellFormedLength(at: index)
            guard length > 0 else { break }
            index += length
        }
        return failure("the text is not UTF-8", at: index)
    }

    private func wellFormedLength(at index: Int) -> Int {
        let first = bytes[index]
        let second: ClosedRange<UInt8>
        let length: Int
        switch first {
        case ...0x7F: return 1
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return 0 }
        for offset in 2..<max(length, 2) where !(0x80...0xBF).contains(bytes[index + offset]) { return 0 }
        return length
    }
}
