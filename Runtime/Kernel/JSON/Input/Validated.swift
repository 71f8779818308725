/// A type with rules beyond the types of its fields, such as lengths and ranges. Asked after everything could be decoded, also where it stands in another.
public protocol Validated: Decodable {
    /// Appends what is wrong; fields are named as in the input, relative to this type.
    func validate(_ issues: inout [AppError.Issue])
}

extension [AppError.Issue] {
    /// Appends an issue where a condition does not hold.
    public mutating func require(_ condition: Bool, _ field: String, _ expected: @autoclosure () -> String) {
        if !condition { append(AppError.Issue(field: field, issue: expected())) }
    }

    /// Appends an issue where a text's count of Unicode scalars, which is what Postgres counts, is outside a range. Nil passes.
    public mutating func requireLength(_ text: String?, _ field: String, _ range: ClosedRange<Int>) {
        guard let text else { return }
        require(
            range.contains(text.unicodeScalars.count), field,
            range.lowerBound == range.upperBound
                ? "expected \(range.lowerBound) characters" : "expected \(range.lowerBound) to \(range.upperBound) characters")
    }
}

/// What the rules of the types in one input found.
final class InputFindings {
    private(set) var issues: [AppError.Issue] = []

    func add(_ value: any Validated, at path: [any CodingKey]) {
        var found: [AppError.Issue] = []
        value.validate(&found)
        let prefix = path.fieldPath
        for issue in found {
            let field = prefix.isEmpty ? issue.field : issue.field.isEmpty ? prefix : "\(prefix).\(issue.field)"
            issues.append(AppError.Issue(field: field, issue: issue.issue))
        }
    }
}
