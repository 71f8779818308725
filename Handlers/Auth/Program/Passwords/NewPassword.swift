import HandlerKit
import PasswordRules

/// Holds a new password of a known user against the rules, with the user's own words.
enum NewPassword {
    /// Whose it is. Throws `VALIDATION_ERROR` for the field.
    static func check(_ password: String, field: String, of user: UserID, _ caller: Caller) async throws -> Profile {
        let results = try await caller.database.transaction([
            Call(IdentitySQL.profile, [.id(user)]), Call(IdentitySQL.memberships, [.id(user)]), Call(IdentitySQL.secondFactor, [.id(user)]),
        ])
        guard let row = results[0].first else { throw AppError(.unauthenticated) }
        let profile = try Profile(row)
        var words = OwnWords.of(email: profile.email) + OwnWords.of(name: profile.name)
        for membership in try results[1].map({ try Membership($0) }) {
            words += OwnWords.of(name: membership.tenant.name) + [membership.tenant.slug]
        }
        let hasSecondFactor = try results[2].first?.bool(0) ?? false
        if let issue = PasswordRules.issue(with: password, isOnlyFactor: !hasSecondFactor, words: words) { throw AppError.invalid(field, issue) }
        return profile
    }
}
