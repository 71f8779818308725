import Kernel

extension JSONTableReader {
    /// Goes one step on; false where more bytes are needed, or all is done.
    mutating func step(_ bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool) throws(JSONFault) -> Bool {
        if !isScanning {
            let mark = position
            while position < bytes.count, case let byte = bytes[position], byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
                position += 1
            }
            if state == .lines, position < bytes.count, !bytes[mark..<position].contains(0x0A), !atLineStart {
                throw .expected("the end of the line", bytes, position)
            }
            if state == .lines, position > mark { atLineStart = atLineStart || bytes[mark..<position].contains(0x0A) }
        }
        guard position < bytes.count || isScanning && isFinal else {
            if isFinal { try checkEnd(bytes) }
            return false
        }
        switch state {
        case .start: return try start(bytes, isFinal: isFinal)
        case .object: return try firstObject(bytes, isFinal: isFinal)
        case .document: return try document(bytes, isFinal: isFinal)
        case .lines, .scalar, .element: return try record(bytes, isFinal: isFinal)
        case .first:
            if bytes[position] != UInt8(ascii: "]") { state = .element } else { endList() }
        case .commaOrEnd:
            switch bytes[position] {
            case UInt8(ascii: ","):
                position += 1
                state = .element
            case UInt8(ascii: "]"): endList()
            default: throw .expected("',' or ']'", bytes, position)
            }
        case .end: throw .expected("the end of the file", bytes, position)
        }
        return true
    }

    private func checkEnd(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) {
        switch state {
        case .lines, .end: return
        case .start: throw JSONFault(offset: position, what: "the file is empty; expected a value")
        case .first, .element: throw .expected("a value, or ']'", bytes, position)
        case .commaOrEnd: throw .expected("',' or ']'", bytes, position)
        default: throw .expected("the rest of the object", bytes, position)
        }
    }

    private mutating func start(_ bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool) throws(JSONFault) -> Bool {
        if bytes[position] == 0xEF, position == 0 {
            guard bytes.count >= 3 || isFinal else { return false }
            guard bytes.count >= 3, bytes[1] == 0xBB, bytes[2] == 0xBF else { throw .expected("a value", bytes, position) }
            position = 3
            return true
        }
        switch bytes[position] {
        case UInt8(ascii: "["):
            position += 1
            state = .first
        case UInt8(ascii: "{"): state = .object
        default: state = .scalar
        }
        return true
    }

    /// Decides by what follows the first object whether it is a line of many, or the whole.
    private mutating func firstObject(_ bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool) throws(JSONFault) -> Bool {
        guard let end = try scan(bytes, isFinal: isFinal) else {
            guard bytes.count - position > Self.sampleBytes else { return false }
            // Too long for a line: the list is looked for while it comes.
            beginDocument()
            return true
        }
        var next = end
        while next < bytes.count, case let byte = bytes[next], byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { next += 1 }
        guard next < bytes.count || isFinal else { return false }
        if next < bytes.count {
            state = .lines
            atLineStart = true
        } else if try hasList(bytes) {
            beginDocument()
        } else {
            state = .scalar
        }
        return true
    }

    private mutating func beginDocument() {
        isScanning = false
        position += 1
        path.open()
        state = .document
    }

    /// Whether the object at the position holds a list of objects.
    private func hasList(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) -> Bool {
        var grammar = JSONGrammar(bytes, at: position, deepest: deepest)
        var found = false
        try Self.search(&grammar, depth: 1, &found)
        return found
    }

    private static func search(_ grammar: inout JSONGrammar, depth: Int, _ found: inout Bool) throws(JSONFault) {
        try grammar.members { (grammar, _) throws(JSONFault) in
            grammar.skipBlanks()
            let first = grammar.position < grammar.bytes.count ? grammar.bytes[grammar.position] : 0
            if first == UInt8(ascii: "{"), depth < DocumentPath.deepest { return try search(&grammar, depth: depth + 1, &found) }
            let start = grammar.position
            try grammar.value()
            if first == UInt8(ascii: "["), isList(grammar.bytes, start) ?? false { found = true }
        }
    }

    /// Whether an array begins with an object; nil where that is not here yet.
    static func isList(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool? {
        var next = place + 1
        while next < bytes.count, case let byte = bytes[next], byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { next += 1 }
        return next < bytes.count ? bytes[next] == UInt8(ascii: "{") : nil
    }

    /// The value at the position becomes a record.
    private mutating func record(_ bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool) throws(JSONFault) -> Bool {
        guard try scan(bytes, isFinal: isFinal) != nil else { return false }
        isScanning = false
        position = try records.read(bytes, at: position, line: lineNumber(bytes, at: position))
        switch state {
        case .element: state = .commaOrEnd
        case .lines: atLineStart = false
        default: state = .end
        }
        return true
    }

    /// Where the value at the position ends; nil where that is not here yet.
    mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool) throws(JSONFault) -> Int? {
        if !isScanning {
            scanner.begin(at: position)
            isScanning = true
        }
        if let end = scanner.end(bytes, isFinal: isFinal) {
            isScanning = false
            return end
        }
        guard isFinal || bytes.count - position > mostBytes else { return nil }
        // A reading by the grammar says what is wrong, rather than that the end is missing.
        var grammar = JSONGrammar(bytes, at: position, deepest: deepest)
        do { try grammar.value() } catch {
            if isFinal || error.offset < bytes.count { throw error }
        }
        throw JSONFault(offset: position, what: "a record is longer than \(mostBytes) bytes")
    }

    private mutating func endList() {
        position += 1
        state = isWithin ? .document : .end
        if isWithin { path.expected = .commaOrEnd }
    }
}
