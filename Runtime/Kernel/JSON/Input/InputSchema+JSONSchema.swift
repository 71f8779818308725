extension InputSchema {
    /// The schema as JSON Schema 2020-12, for API descriptions.
    ///
    /// `closed` objects refuse unknown members, as every input does. Defaults to true.
    public func jsonSchema(closed: Bool = true) -> JSONValue {
        var schema = kind.jsonSchema(closed: closed)
        if isNullable, let type = schema["type"] { schema["type"] = [type, "null"] }
        return .object(schema)
    }
}

extension InputSchema.Kind {
    fileprivate func jsonSchema(closed: Bool) -> JSONObject {
        switch self {
        case .any: return [:]
        case .boolean: return ["type": "boolean"]
        case .integer(let range):
            var schema: JSONObject = ["type": "integer"]
            if range.lowerBound > .min { schema["minimum"] = .integer(range.lowerBound) }
            if range.upperBound < .max { schema["maximum"] = .integer(range.upperBound) }
            return schema
        case .number: return ["type": "number"]
        case .string, .text: return ["type": "string"]
        case .uuid: return ["type": "string", "format": "uuid"]
        case .timestamp: return ["type": "string", "format": "date-time"]
        case .choice(let cases): return ["type": "string", "enum": .array(cases.map { .string($0) })]
        case .integerChoice(let cases): return ["type": "integer", "enum": .array(cases.map { .integer($0) })]
        case .array(let element): return ["type": "array", "items": element.jsonSchema(closed: closed)]
        case .dictionary(let value): return ["type": "object", "additionalProperties": value.jsonSchema(closed: closed)]
        case .object(let fields):
            let properties = fields.map { JSONObject.Member(name: $0.name, value: $0.schema.jsonSchema(closed: closed)) }
            let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
            var schema: JSONObject = ["type": "object", "properties": .object(JSONObject(properties))]
            if !required.isEmpty { schema["required"] = .array(required) }
            if closed { schema["additionalProperties"] = false }
            return schema
        }
    }

    /// The kind in words that follow "expected".
    var expectation: String {
        switch self {
        case .any: "a value"
        case .boolean: "true or false"
        case .integer(let range):
            switch (range.lowerBound, range.upperBound) {
            case (.min, .max): "a whole number"
            case (let lower, .max): "a whole number, at least \(lower)"
            case (let lower, let upper): "a whole number from \(lower) to \(upper)"
            }
        case .number: "a number"
        case .string: "a string"
        case .uuid: "a UUID such as 0190c5a4-7d3b-7c2e-9f00-2b6c1d4e5f60"
        case .timestamp: "an RFC 3339 time such as 2026-03-01T08:00:00Z"
        case .text(let example): example.isEmpty ? "a string" : "a string such as \(example)"
        case .choice(let cases): "one of \(cases.joined(separator: ", "))"
        case .integerChoice(let cases): "one of \(cases.map(\.description).joined(separator: ", "))"
        case .array: "an array"
        case .dictionary, .object: "an object"
        }
    }
}
