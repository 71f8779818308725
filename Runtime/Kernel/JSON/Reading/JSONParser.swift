/// One pass over the bytes of a JSON text, by recursive descent.
struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let limits: JSONReader
    var position = 0
    private var depth = 0
    /// Holds a string with escapes while it is put together.
    var scratch: [UInt8] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONReader) {
        self.bytes = bytes
        self.limits = limits
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func document() throws(AppError) -> JSONValue {
        let value = try value()
        skipBlanks()
        guard isAtEnd else { throw unexpected("the end of the text") }
        return value
    }

    private mutating func value() throws(AppError) -> JSONValue {
        skipBlanks()
        guard position < bytes.count else { throw unexpected("a value") }
        switch bytes[position] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try nested { (parser) throws(AppError) in try parser.object() })
        case UInt8(ascii: "["): return .array(try nested { (parser) throws(AppError) in try parser.array() })
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw unexpected("a value")
        }
    }

    private mutating func nested<Value>(_ read: (inout JSONParser) throws(AppError) -> Value) throws(AppError) -> Value {
        depth += 1
        guard depth <= limits.maximumDepth else { throw failure("nested deeper than \(limits.maximumDepth) levels") }
        position += 1
        let value = try read(&self)
        depth -= 1
        return value
    }

    private mutating func array() throws(AppError) -> [JSONValue] {
        var elements: [JSONValue] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value())
            skipBlanks()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw unexpected("',' or ']'") }
        }
    }

    private mutating func object() throws(AppError) -> JSONObject {
        var members: [JSONObject.Member] = []
        var names = MemberNames()
        skipBlanks()
        if take(UInt8(ascii: "}")) { return JSONObject() }
        while true {
            skipBlanks()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw unexpected("a member's name in double quotes") }
            let start = position
            let name = try string()
            guard names.insert(name, after: members) else { throw failure("the member \"\(name.prefix(64))\" is given twice", at: start) }
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw unexpected("':'") }
            members.append(JSONObject.Member(name: name, value: try value()))
            skipBlanks()
            if take(UInt8(ascii: "}")) { return JSONObject(members) }
            guard take(UInt8(ascii: ",")) else { throw unexpected("',' or '}'") }
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(AppError) -> JSONValue {
        for index in 0..<text.utf8CodeUnitCount {
            guard take(text.utf8Start[index]) else { throw unexpected("\(text)") }
        }
        return value
    }

    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    @inline(__always)
    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}

/// Finds a name given twice: by looking through a few members, by a set once there are many, so that a long object costs no square of time.
private struct MemberNames {
    private var set: Set<String> = []

    mutating func insert(_ name: String, after members: [JSONObject.Member]) -> Bool {
        if members.count < 16 { return !members.contains { $0.name == name } }
        if set.isEmpty { set = Set(members.map(\.name)) }
        return set.insert(name).inserted
    }
}
