extension InputCheck {
    /// What was given for one place.
    enum Input {
        case json(JSONValue)
        /// Texts of path or query, one or more.
        case texts([String])
        case fields([(name: String, input: Input)])
    }

    /// Puts path, query and body together; a field given in two of them is reported, since only one could count.
    mutating func merge(
        path: [(name: String, value: String)], query: [(name: String, value: String)], body: JSONValue?, schema: InputSchema
    ) -> Input {
        guard case .object(let known) = schema.kind else { return .json(body ?? .null) }
        var fields: [(name: String, input: Input)] = path.map { ($0.name, .texts([$0.value])) }
        var places: [String: (place: String, index: Int)] = [:]
        for (index, field) in fields.enumerated() { places[field.name] = ("path", index) }

        for item in query {
            guard let earlier = places[item.name] else {
                places[item.name] = ("query", fields.count)
                fields.append((item.name, .texts([item.value])))
                continue
            }
            if earlier.place == "query", case .texts(let texts) = fields[earlier.index].input {
                fields[earlier.index].input = .texts(texts + [item.value])
            } else {
                report(AppError.Issue(field: item.name, issue: "given in the \(earlier.place) and in the query, expected once"))
            }
        }
        guard let body else { return .fields(fields) }
        guard case .object(let members) = body else {
            // A type without fields reads no body; say so rather than ask for an object.
            report([], known.isEmpty ? "expected no body" : "expected an object")
            return .fields(fields)
        }
        for member in members {
            if let earlier = places[member.name] {
                report(AppError.Issue(field: member.name, issue: "given in the \(earlier.place) and in the body, expected once"))
            } else {
                fields.append((member.name, .json(member.value)))
            }
        }
        return .fields(fields)
    }
}
