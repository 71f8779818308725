/// A place that a `Decodable` type reads from: a value of the input, or a recorder that learns what the type asks for.
protocol DecodingNode {
    var codingPath: [any CodingKey] { get }
    /// The value of a type that JSON has a form for.
    func scalar<Value: JSONScalar>(_ type: Value.Type) throws -> Value
    /// The value of any type.
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value
    func isNull() -> Bool
    /// Throws where this is no object.
    func requireObject() throws
    var memberNames: [String] { get }
    func hasMember(_ name: String) -> Bool
    func member(_ key: any CodingKey) throws -> Self
    /// Throws where this is no array.
    func requireArray() throws
    var count: Int { get }
    func element(_ index: Int) throws -> Self
}

/// The `Decoder` of one value.
struct NodeDecoder<Node: DecodingNode>: Decoder {
    let node: Node

    var codingPath: [any CodingKey] { node.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try node.requireObject()
        return KeyedDecodingContainer(ObjectDecoding<Key, Node>(node: node))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try node.requireArray()
        return ArrayDecoding(node: node)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { ScalarDecoding(node: node) }
}

struct ScalarDecoding<Node: DecodingNode>: SingleValueDecodingContainer {
    let node: Node

    var codingPath: [any CodingKey] { node.codingPath }
    func decodeNil() -> Bool { node.isNull() }
    func decode(_ type: Bool.Type) throws -> Bool { try node.scalar(type) }
    func decode(_ type: String.Type) throws -> String { try node.scalar(type) }
    func decode(_ type: Double.Type) throws -> Double { try node.scalar(type) }
    func decode(_ type: Float.Type) throws -> Float { try node.scalar(type) }
    func decode(_ type: Int.Type) throws -> Int { try node.scalar(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try node.scalar(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try node.scalar(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try node.scalar(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try node.scalar(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try node.scalar(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try node.scalar(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try node.scalar(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try node.scalar(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try node.scalar(type) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try node.decode(type) }
}
