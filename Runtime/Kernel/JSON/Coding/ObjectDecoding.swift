struct ObjectDecoding<Key: CodingKey, Node: DecodingNode>: KeyedDecodingContainerProtocol {
    let node: Node

    var codingPath: [any CodingKey] { node.codingPath }
    var allKeys: [Key] { node.memberNames.compactMap { Key(stringValue: $0) } }
    func contains(_ key: Key) -> Bool { node.hasMember(key.stringValue) }
    func decodeNil(forKey key: Key) throws -> Bool { try node.member(key).isNull() }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try node.member(key).scalar(type) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try node.member(key).scalar(type) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try node.member(key).scalar(type) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try node.member(key).scalar(type) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try node.member(key).scalar(type) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try node.member(key).scalar(type) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try node.member(key).scalar(type) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try node.member(key).scalar(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try node.member(key).scalar(type) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try node.member(key).scalar(type) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try node.member(key).scalar(type) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try node.member(key).scalar(type) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try node.member(key).scalar(type) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try node.member(key).scalar(type) }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try node.member(key).decode(type) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
        try NodeDecoder(node: node.member(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try NodeDecoder(node: node.member(key)).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { NodeDecoder(node: try node.member(JSONKey(stringValue: "super"))) }
    func superDecoder(forKey key: Key) throws -> any Decoder { NodeDecoder(node: try node.member(key)) }
}
