/// A value of the input, as a place to decode from.
struct JSONNode: DecodingNode {
    let value: JSONValue
    let codingPath: [any CodingKey]
    /// Gathers what the rules of `Validated` types find; nil where they are not asked.
    var findings: InputFindings?

    func scalar<Value: JSONScalar>(_ type: Value.Type) throws -> Value {
        guard let scalar = Value(json: value) else {
            throw mismatch(Value.self, "expected \(Value.kind.expectation)")
        }
        return scalar
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if type == JSONValue.self, let value = value as? Value { return value }
        let decoded = try Value(from: NodeDecoder(node: self))
        if let findings, let validated = decoded as? any Validated { findings.add(validated, at: codingPath) }
        return decoded
    }

    func isNull() -> Bool { value.isNull }

    func requireObject() throws {
        guard value.object != nil else { throw mismatch(JSONObject.self, "expected an object") }
    }

    var memberNames: [String] { value.object?.members.map(\.name) ?? [] }

    func hasMember(_ name: String) -> Bool { value[name] != nil }

    func member(_ key: any CodingKey) throws -> JSONNode {
        guard let member = value[key.stringValue] else {
            throw DecodingError.keyNotFound(key, DecodingError.Context(codingPath: codingPath, debugDescription: "required"))
        }
        return JSONNode(value: member, codingPath: codingPath + [key], findings: findings)
    }

    func requireArray() throws {
        guard value.array != nil else { throw mismatch([JSONValue].self, "expected an array") }
    }

    var count: Int { value.array?.count ?? 0 }

    func element(_ index: Int) throws -> JSONNode {
        guard let element = value[index] else {
            throw mismatch([JSONValue].self, "expected more than \(count) elements")
        }
        return JSONNode(value: element, codingPath: codingPath + [JSONKey(intValue: index)], findings: findings)
    }

    private func mismatch(_ type: Any.Type, _ expected: String) -> DecodingError {
        DecodingError.typeMismatch(type, DecodingError.Context(codingPath: codingPath, debugDescription: expected))
    }
}

extension AppError.Issue {
    /// The place and the expectation that a decoding error names. Words about Swift types stay inside.
    init(decoding error: any Error) {
        let context: DecodingError.Context
        switch error as? DecodingError {
        case .keyNotFound(let key, let found)?:
            self.init(field: (found.codingPath + [key]).fieldPath, issue: "required")
            return
        case .typeMismatch(_, let found)?, .valueNotFound(_, let found)?, .dataCorrupted(let found)?: context = found
        default:
            self.init(field: "", issue: "not a valid value")
            return
        }
        let issue = context.debugDescription
        self.init(field: context.codingPath.fieldPath, issue: issue.hasPrefix("expected ") ? issue : "not a valid value")
    }
}
