import HandlerKit
import Tokens

/// What a person signs in with.
struct SignInInput: Decodable, Sendable, Validated {
    let email: String
    /// Used byte for byte as it was sent.
    let password: String
    /// The slug or id of one of the person's tenants; the oldest membership where it is absent.
    let tenant: String?

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(email, "email", 3...320)
        issues.require(
            (1...PasswordHash.maximumBytes).contains(password.utf8.count), "password", "expected 1 to \(PasswordHash.maximumBytes) bytes")
        issues.requireLength(tenant, "tenant", 1...64)
    }
}
