struct ArrayDecoding<Node: DecodingNode>: UnkeyedDecodingContainer {
    let node: Node
    private(set) var currentIndex = 0

    init(node: Node) { self.node = node }

    var codingPath: [any CodingKey] { node.codingPath }
    var count: Int? { node.count }
    var isAtEnd: Bool { currentIndex >= node.count }

    private mutating func next<Value>(_ read: (Node) throws -> Value) throws -> Value {
        let value = try read(try node.element(currentIndex))
        currentIndex += 1
        return value
    }

    mutating func decodeNil() throws -> Bool {
        guard try node.element(currentIndex).isNull() else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool { try next { try $0.scalar(type) } }
    mutating func decode(_ type: String.Type) throws -> String { try next { try $0.scalar(type) } }
    mutating func decode(_ type: Double.Type) throws -> Double { try next { try $0.scalar(type) } }
    mutating func decode(_ type: Float.Type) throws -> Float { try next { try $0.scalar(type) } }
    mutating func decode(_ type: Int.Type) throws -> Int { try next { try $0.scalar(type) } }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try next { try $0.scalar(type) } }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try next { try $0.scalar(type) } }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try next { try $0.scalar(type) } }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try next { try $0.scalar(type) } }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try next { try $0.scalar(type) } }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try next { try $0.scalar(type) } }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try next { try $0.scalar(type) } }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try next { try $0.scalar(type) } }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try next { try $0.scalar(type) } }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next { try $0.decode(type) } }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
        try next { try NodeDecoder(node: $0).container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next { try NodeDecoder(node: $0).unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try next { NodeDecoder(node: $0) } }
}
