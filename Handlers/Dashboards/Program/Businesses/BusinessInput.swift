import HandlerKit

/// Which businesses are listed.
struct BusinessListQuery: Decodable, Sendable, Validated {
    let after: UUID?
    let limit: Int?

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((1...500).contains(limit ?? 1), "limit", "expected a whole number from 1 to 500")
    }
}

/// A business as a path names it.
struct BusinessPath: Decodable, Sendable {
    let id: UUID

    enum CodingKeys: String, CodingKey { case id = "business_id" }
}

/// What a new business is made of.
struct BusinessInput: Decodable, Sendable, Validated {
    let name: String
    let industry: String?
    let location: String?

    func validate(_ issues: inout [AppError.Issue]) { BusinessRules.check(name, industry, location, &issues) }
}

/// What takes the place of all that a business is made of.
struct BusinessChange: Decodable, Sendable, Validated {
    let id: UUID
    let name: String
    let industry: String?
    let location: String?

    enum CodingKeys: String, CodingKey {
        case id = "business_id"
        case name, industry, location
    }

    func validate(_ issues: inout [AppError.Issue]) { BusinessRules.check(name, industry, location, &issues) }
}

private enum BusinessRules {
    static func check(_ name: String, _ industry: String?, _ location: String?, _ issues: inout [AppError.Issue]) {
        for (field, text) in [("name", name), ("industry", industry), ("location", location)] {
            issues.requireLength(text, field, field == "name" ? 1...200 : 0...200)
            issues.require(text?.utf8.contains(0) != true, field, "expected no NUL character")
        }
        issues.require(name.isEmpty || name.contains { !$0.isWhitespace }, "name", "expected more than blanks")
    }
}
