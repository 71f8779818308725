import HandlerKit
import Tokens

/// What a person signs in with.
struct SignInInput: Decodable, Sendable, Validated {
    let email: String
    /// Used byte for byte as it was sent.
    let password: String
    /// The slug or id of one of the person's tenants; the oldest active membership where it is absent.
    let tenant: String?
    /// Whether the tokens are set as cookies instead of standing in the body.
    let cookies: Bool?
    /// Whether it is the installation's operator who signs in, into no tenant. The second factor's answer is then an operator's token.
    let `operator`: Bool?

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(email, "email", 3...320)
        issues.requirePlain(email, "email")
        issues.require(
            (1...PasswordHash.maximumBytes).contains(password.utf8.count), "password", "expected 1 to \(PasswordHash.maximumBytes) bytes")
        issues.requireLength(tenant, "tenant", 1...64)
        issues.requirePlain(tenant, "tenant")
        issues.require(`operator` != true || tenant == nil && cookies != true, "operator", "expected neither a tenant nor cookies beside it")
    }
}

extension [AppError.Issue] {
    /// Appends an issue where a text holds control characters, of which the database cannot store one. Nil passes.
    mutating func requirePlain(_ text: String?, _ field: String) {
        guard let text else { return }
        require(
            text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, field, "expected a text without control characters")
    }
}
