extension JSONValue: Codable {
    /// Takes the value as it stands; only the decoders of ``JSON`` and ``InputDecoder`` can give it.
    public init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? NodeDecoder<JSONNode> else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "expected a decoder of this JSON seam"))
        }
        self = decoder.node.value
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .bool(let flag): try flag.encode(to: encoder)
        case .integer(let integer): try integer.encode(to: encoder)
        case .number(let number): try number.encode(to: encoder)
        case .string(let string): try string.encode(to: encoder)
        case .array(let elements): try elements.encode(to: encoder)
        case .object(let members):
            var container = encoder.container(keyedBy: JSONKey.self)
            for member in members { try container.encode(member.value, forKey: JSONKey(stringValue: member.name)) }
        }
    }
}
