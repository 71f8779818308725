import Kernel
import TypedTables

/// The search for the list of records within one object, which may be larger than memory.
extension JSONTableReader {
    mutating func document(_ bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool) throws(JSONFault) -> Bool {
        let byte = position < bytes.count ? bytes[position] : 0
        switch path.expected {
        case .nameOrEnd where byte == UInt8(ascii: "}"), .commaOrEnd where byte == UInt8(ascii: "}"):
            position += 1
            if !path.close() { try endDocument() }
        case .nameOrEnd, .name: return try name(bytes, isFinal: isFinal)
        case .colon:
            guard byte == UInt8(ascii: ":") else { throw .expected("':'", bytes, position) }
            position += 1
            path.expected = .value
        case .commaOrEnd:
            guard byte == UInt8(ascii: ",") else { throw .expected("',' or '}'", bytes, position) }
            position += 1
            path.expected = .name
        case .value: return try value(bytes, isFinal: isFinal)
        }
        return true
    }

    private func endDocumentFault() -> JSONFault {
        JSONFault(offset: position, what: "the object holds no list of objects; expected an array of objects, or an object a line")
    }

    private mutating func endDocument() throws(JSONFault) {
        guard isWithin else { throw endDocumentFault() }
        state = .end
    }

    private mutating func name(_ bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool) throws(JSONFault) -> Bool {
        guard isScanning || bytes[position] == UInt8(ascii: "\"") else { throw .expected("a member's name in double quotes", bytes, position) }
        guard try scan(bytes, isFinal: isFinal) != nil else { return false }
        var grammar = JSONGrammar(bytes, at: position, deepest: deepest)
        let name = try grammar.string()
        position = grammar.position
        path.name(String(decoding: bytes[name.place].prefix(100), as: UTF8.self))
        return true
    }

    private mutating func value(_ bytes: UnsafeBufferPointer<UInt8>, isFinal: Bool) throws(JSONFault) -> Bool {
        if !isScanning {
            switch bytes[position] {
            case UInt8(ascii: "{"):
                guard path.names.count < DocumentPath.deepest else { break }
                position += 1
                path.open()
                return true
            case UInt8(ascii: "["):
                guard let isList = Self.isList(bytes, position) else {
                    if isFinal { throw .expected("a value, or ']'", bytes, bytes.count) }
                    return false
                }
                guard isList, !isWithin else { break }
                position += 1
                foundList()
                state = .first
                return true
            default: break
            }
        }
        guard try scan(bytes, isFinal: isFinal) != nil else { return false }
        var grammar = JSONGrammar(bytes, at: position, deepest: deepest)
        try grammar.value()
        position = grammar.position
        path.expected = .commaOrEnd
        documentWarnings.add(row: nil, kind: "member_not_read", "the member \(path.text) stands beside the list of records and is not read")
        return true
    }
}
