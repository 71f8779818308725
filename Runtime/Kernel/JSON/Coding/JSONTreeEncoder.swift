/// The `Encoder` of one value.
struct JSONTreeEncoder: Encoder {
    let state: EncodingState
    let codingPath: [any CodingKey]
    /// How many containers are open around the value.
    let depth: Int

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        let id = state.openContainer(isObject: true, depth: depth)
        return KeyedEncodingContainer(ObjectEncoding<Key>(state: state, codingPath: codingPath, depth: depth, id: id))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        let id = state.openContainer(isObject: false, depth: depth)
        return ArrayEncoding(state: state, codingPath: codingPath, depth: depth, id: id)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        ScalarEncoding(state: state, codingPath: codingPath)
    }
}

struct ScalarEncoding: SingleValueEncodingContainer {
    let state: EncodingState
    let codingPath: [any CodingKey]

    func encodeNil() { state.writer.null() }
    func encode(_ value: Bool) { state.writer.value(value) }
    func encode(_ value: String) { state.writer.value(value) }
    func encode(_ value: Double) throws { try state.writer.value(value) }
    func encode(_ value: Float) throws { try state.writer.number(value) }
    func encode(_ value: Int) { state.writer.value(value) }
    func encode(_ value: Int8) { state.writer.value(Int64(value)) }
    func encode(_ value: Int16) { state.writer.value(Int64(value)) }
    func encode(_ value: Int32) { state.writer.value(Int64(value)) }
    func encode(_ value: Int64) { state.writer.value(value) }
    func encode(_ value: UInt) { state.writer.value(UInt64(value)) }
    func encode(_ value: UInt8) { state.writer.value(UInt64(value)) }
    func encode(_ value: UInt16) { state.writer.value(UInt64(value)) }
    func encode(_ value: UInt32) { state.writer.value(UInt64(value)) }
    func encode(_ value: UInt64) { state.writer.value(value) }
    func encode(_ value: some Encodable) throws { try state.encode(value, at: codingPath) }
}

extension JSONWriter {
    /// The shortest decimal of the narrower type, so that `Float(0.1)` is `0.1`.
    fileprivate mutating func number(_ value: Float) throws(AppError) {
        guard value.isFinite else { throw AppError(.internalError, detail: "JSON has no form for \(value)") }
        raw(value.description.utf8)
    }
}
