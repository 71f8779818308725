struct ArrayEncoding: UnkeyedEncodingContainer {
    let state: EncodingState
    let codingPath: [any CodingKey]
    let depth: Int
    let id: Int
    private(set) var count = 0

    init(state: EncodingState, codingPath: [any CodingKey], depth: Int, id: Int) {
        self.state = state
        self.codingPath = codingPath
        self.depth = depth
        self.id = id
    }

    private mutating func element() -> ScalarEncoding {
        state.resume(id, depth: depth)
        count += 1
        return ScalarEncoding(state: state, codingPath: codingPath + [JSONKey(intValue: count - 1)])
    }

    mutating func encodeNil() { element().encodeNil() }
    mutating func encode(_ value: Bool) { element().encode(value) }
    mutating func encode(_ value: String) { element().encode(value) }
    mutating func encode(_ value: Double) throws { try element().encode(value) }
    mutating func encode(_ value: Float) throws { try element().encode(value) }
    mutating func encode(_ value: Int) { element().encode(value) }
    mutating func encode(_ value: Int8) { element().encode(value) }
    mutating func encode(_ value: Int16) { element().encode(value) }
    mutating func encode(_ value: Int32) { element().encode(value) }
    mutating func encode(_ value: Int64) { element().encode(value) }
    mutating func encode(_ value: UInt) { element().encode(value) }
    mutating func encode(_ value: UInt8) { element().encode(value) }
    mutating func encode(_ value: UInt16) { element().encode(value) }
    mutating func encode(_ value: UInt32) { element().encode(value) }
    mutating func encode(_ value: UInt64) { element().encode(value) }
    mutating func encode(_ value: some Encodable) throws { try element().encode(value) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        encoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { encoder() }

    private mutating func encoder() -> JSONTreeEncoder {
        JSONTreeEncoder(state: state, codingPath: element().codingPath, depth: depth + 1)
    }
}
