/// A route's path such as `/businesses/{business_id}`.
struct PathTemplate {
    /// The names in braces, in their order.
    let parameters: [String]

    /// Throws `INTERNAL_ERROR`, naming the path, for one that no request could match.
    init(_ path: String) throws(AppError) {
        func refuse(_ why: String) -> AppError { AppError(.internalError, detail: "the path \(path) \(why)") }
        guard path.utf8.first == UInt8(ascii: "/") else { throw refuse("must begin with /") }
        var names: [String] = []
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard !segment.isEmpty else { throw refuse("has an empty segment") }
            guard segment.contains(where: { $0 == "{" || $0 == "}" }) else { continue }
            let name = segment.dropFirst().dropLast()
            guard segment.first == "{", segment.last == "}", Self.isName(name) else {
                throw refuse("has the segment \(segment); expected {name} in lower case, alone between slashes")
            }
            guard !names.contains(String(name)) else { throw refuse("names {\(name)} twice") }
            names.append(String(name))
        }
        parameters = names
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, (97...122).contains(first) else { return false }
        return text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
    }
}
