/// Reads the input of a route: path parameters, query items and body become one value, and every field that is wrong is reported at once.
///
/// Asks the type for its schema once, when made; a route keeps its decoder.
public struct InputDecoder<Value: Decodable>: Sendable {
    /// What the type reads.
    public let schema: InputSchema

    /// A decoder of that type. Throws `INTERNAL_ERROR` where the type does not say what it reads, as ``InputSchema/of(_:)`` does.
    public init(_ type: Value.Type = Value.self) throws(AppError) {
        schema = try InputSchema.of(type)
    }

    /// The value. Texts of path and query become numbers, flags and times as the fields ask for; a query item may come several times for an array.
    ///
    /// Throws `VALIDATION_ERROR` with all issues, 100 at most: fields missing, of another kind, unknown, or given in two places;
    /// then what the rules of ``Validated`` types find.
    public func decode(path: [(name: String, value: String)] = [], query: [(name: String, value: String)] = [], body: JSONValue? = nil)
        throws(AppError) -> Value
    {
        var check = InputCheck()
        let input = check.merge(path: path, query: query, body: body, schema: schema)
        var value = check.normalized(input, schema)
        guard check.issues.isEmpty else { throw AppError(.validation, issues: check.issues) }

        // Types with a form of their own speak only while they decode, one at a time: each that refuses is replaced by its example, to hear the next.
        while true {
            let findings = InputFindings()
            do {
                let decoded = try JSONNode(value: value, codingPath: [], findings: findings).decode(Value.self)
                let issues = check.issues + findings.issues
                guard issues.isEmpty else { throw AppError(.validation, issues: Array(issues.prefix(InputCheck.maximumIssues))) }
                return decoded
            } catch let error as AppError {
                throw error
            } catch {
                check.report(AppError.Issue(decoding: error))
                guard let path = (error as? DecodingError)?.place, check.issues.count < InputCheck.maximumIssues,
                    let repaired = value.replacing(path[...], by: schema)
                else { throw AppError(.validation, issues: check.issues) }
                value = repaired
            }
        }
    }
}

extension DecodingError {
    fileprivate var place: [any CodingKey]? {
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): context.codingPath
        case .keyNotFound: nil
        @unknown default: nil
        }
    }
}

extension JSONValue {
    /// This value with the example of its schema at a place; nil where that place has none, or holds it already.
    fileprivate func replacing(_ path: ArraySlice<any CodingKey>, by schema: InputSchema) -> JSONValue? {
        guard let key = path.first else {
            guard case .text(let example) = schema.kind, self != .string(example) else { return nil }
            return .string(example)
        }
        let rest = path.dropFirst()
        switch (self, schema.kind) {
        case (.object(var members), .object(let fields)):
            guard let field = fields.first(where: { $0.name == key.stringValue }) else { return nil }
            guard let value = members[key.stringValue]?.replacing(rest, by: field.schema) else { return nil }
            members[key.stringValue] = value
            return .object(members)
        case (.object(var members), .dictionary(let schema)):
            guard let value = members[key.stringValue]?.replacing(rest, by: schema) else { return nil }
            members[key.stringValue] = value
            return .object(members)
        case (.array(var elements), .array(let schema)):
            guard let index = key.intValue, elements.indices.contains(index) else { return nil }
            guard let value = elements[index].replacing(rest, by: schema) else { return nil }
            elements[index] = value
            return .array(elements)
        default: return nil
        }
    }
}
