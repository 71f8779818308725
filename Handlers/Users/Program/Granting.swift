import HandlerKit

/// What may be handed on to a role or a key: real scopes, and none that the caller does not hold.
enum Granting {
    /// The most scopes of one role or key.
    static let most = 100

    /// Appends what is wrong with the form of a list of scopes.
    static func check(_ scopes: [String], _ issues: inout [AppError.Issue]) {
        issues.require((1...most).contains(scopes.count), "scopes", "expected 1 to \(most) scopes")
        issues.require(Set(scopes).count == scopes.count, "scopes", "expected each scope once")
        for (index, text) in scopes.prefix(most + 1).enumerated() {
            let field = "scopes[\(index)]"
            guard let scope = Scope(rawValue: text) else {
                issues.append(.init(field: field, issue: "expected `area:verb` such as businesses:read, or `area:*`"))
                continue
            }
            issues.require(scope.family != .personal, field, "\(scope) is every member's own; neither roles nor keys name it")
        }
    }

    /// Throws `FORBIDDEN` naming every scope that the caller does not hold.
    static func require(_ scopes: [String], of principal: Principal) throws(AppError) {
        let lacking = scopes.enumerated().filter { !principal.holds($0.element) }
        guard lacking.isEmpty else {
            throw AppError(
                .forbidden, "You cannot hand on what you do not hold",
                issues: lacking.map { .init(field: "scopes[\($0.offset)]", issue: "you do not hold \($0.element)") })
        }
    }
}
