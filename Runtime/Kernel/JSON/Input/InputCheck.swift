/// Compares an input with a schema and gathers all that is wrong.
struct InputCheck {
    /// More would only make the answer long.
    static let maximumIssues = 100

    private(set) var issues: [AppError.Issue] = []

    mutating func report(_ issue: AppError.Issue) {
        if issues.count < Self.maximumIssues { issues.append(issue) }
    }

    mutating func report(_ path: [any CodingKey], _ issue: String) {
        report(AppError.Issue(field: path.isEmpty ? "body" : path.fieldPath, issue: issue))
    }

    /// The value in the form that decoding asks for; what does not fit is reported and stays.
    mutating func normalized(_ input: Input, _ schema: InputSchema, at path: [any CodingKey] = []) -> JSONValue {
        switch input {
        case .json(let value):
            check(value, schema, at: path)
            return value
        case .texts(let texts):
            if case .array(let element) = schema.kind {
                return .array(
                    texts.enumerated().map { index, text in normalized(text, element, at: path + [JSONKey(intValue: index)]) })
            }
            if texts.count > 1 { report(path, "given \(texts.count) times, expected once") }
            return normalized(texts[0], schema, at: path)
        case .fields(let given): return normalized(given, schema.fields, at: path)
        }
    }

    private mutating func normalized(_ given: [(name: String, input: Input)], _ fields: [InputSchema.Field], at path: [any CodingKey])
        -> JSONValue
    {
        var members: [JSONObject.Member] = []
        for (name, input) in given {
            let memberPath = path + [JSONKey(stringValue: name)]
            if let field = fields.first(where: { $0.name == name }) {
                if case .json(.null) = input, !field.isRequired { continue }
                members.append(.init(name: name, value: normalized(input, field.schema, at: memberPath)))
            } else {
                report(path + [JSONKey(stringValue: String(name.prefix(64)))], NearestName.unknown(name, known: fields.map(\.name)))
            }
        }
        for field in fields where field.isRequired && !given.contains(where: { $0.name == field.name }) {
            report(path + [JSONKey(stringValue: field.name)], "required")
        }
        return .object(JSONObject(members))
    }

    private mutating func normalized(_ text: String, _ schema: InputSchema, at path: [any CodingKey]) -> JSONValue {
        let value: JSONValue
        switch schema.kind {
        case .boolean: value = text == "true" ? true : text == "false" ? false : .string(text)
        case .integer, .number, .integerChoice: value = JSONParser.number(in: text) ?? .string(text)
        default: value = .string(text)
        }
        if text.utf8.contains(0) { report(path, "may not hold the character NUL") } else { check(value, schema, at: path) }
        return value
    }

    private mutating func check(_ value: JSONValue, _ schema: InputSchema, at path: [any CodingKey]) {
        if value.isNull, schema.isNullable { return }
        switch (schema.kind, value) {
        case (.any, _), (.boolean, .bool), (.string, .string), (.text, .string): return
        case (.integer(let range), _) where value.integer.map(range.contains) == true: return
        case (.number, _) where value.number != nil: return
        case (.uuid, .string(let text)) where UUID(text) != nil: return
        case (.timestamp, .string(let text)) where Timestamp(text) != nil: return
        case (.choice(let cases), .string(let text)) where cases.contains(text): return
        case (.integerChoice(let cases), _) where value.integer.map(cases.contains) == true: return
        case (.array(let element), .array(let elements)):
            for (index, value) in elements.enumerated() { check(value, element, at: path + [JSONKey(intValue: index)]) }
        case (.dictionary(let schema), .object(let members)):
            for member in members { check(member.value, schema, at: path + [JSONKey(stringValue: member.name)]) }
        case (.object(let fields), .object(let members)):
            let given = members.map { (name: $0.name, input: Input.json($0.value)) }
            _ = normalized(given, fields, at: path)
        default: report(path, "expected \(schema.kind.expectation)")
        }
    }
}
