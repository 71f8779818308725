/// Well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Check {
    /// The offset of the first byte that begins no well-formed sequence; nil where all are well-formed.
    static func firstFault(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        var position = 0
        while position < count {
            let lead = bytes[position]
            if lead < 0x80 {
                position += 1
                continue
            }
            let length: Int
            var lowest: UInt8 = 0x80
            var highest: UInt8 = 0xBF
            switch lead {
            case 0xC2...0xDF: length = 2
            case 0xE0: (length, lowest) = (3, 0xA0)
            case 0xED: (length, highest) = (3, 0x9F)
            case 0xE1...0xEF: length = 3
            case 0xF0: (length, lowest) = (4, 0x90)
            case 0xF4: (length, highest) = (4, 0x8F)
            case 0xF1...0xF3: length = 4
            default: return position
            }
            guard position + length <= count, (lowest...highest).contains(bytes[position + 1]) else { return position }
            for offset in 2..<max(length, 2) where bytes[position + offset] & 0xC0 != 0x80 { return position }
            position += length
        }
        return nil
    }

    /// The offset of the first byte that is NUL or begins no well-formed sequence; nil where there is none. Eight bytes at a time where they are ASCII.
    static func firstFaultOrNUL(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        var position = 0
        while position < count {
            while position + 8 <= count {
                let word = UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self)
                // A byte that is zero borrows from its high bit (Mycroft 1987).
                guard (word | (word &- 0x0101_0101_0101_0101)) & 0x8080_8080_8080_8080 == 0 else { break }
                position += 8
            }
            guard position < count else { return nil }
            let byte = bytes[position]
            if byte == 0 { return position }
            if byte < 0x80 {
                position += 1
                continue
            }
            let length = sequence(bytes + position, count - position)
            guard length > 0 else { return position }
            position += length
        }
        return nil
    }

    /// How long the well-formed sequence of a lead byte above ASCII is; 0 where it is none.
    static func sequence(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        let length: Int
        var lowest: UInt8 = 0x80
        var highest: UInt8 = 0xBF
        switch bytes[0] {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, lowest) = (3, 0xA0)
        case 0xED: (length, highest) = (3, 0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, lowest) = (4, 0x90)
        case 0xF4: (length, highest) = (4, 0x8F)
        case 0xF1...0xF3: length = 4
        default: return 0
        }
        guard length <= count, (lowest...highest).contains(bytes[1]) else { return 0 }
        for offset in 2..<max(length, 2) where bytes[offset] & 0xC0 != 0x80 { return 0 }
        return length
    }

    /// Whether fewer bytes than a sequence needs could still become one.
    static func mayContinue(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let needed =
            switch bytes[0] {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 0
            }
        guard needed > count else { return false }
        return (1..<max(count, 1)).allSatisfy { bytes[$0] & 0xC0 == 0x80 }
    }
}
