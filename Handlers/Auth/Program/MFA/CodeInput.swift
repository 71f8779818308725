import HandlerKit

/// A code of the authenticator app.
struct CodeInput: Decodable, Sendable, Validated {
    let code: String

    func validate(_ issues: inout [AppError.Issue]) { issues.requireLength(code, "code", 6...16) }
}

/// A code of the authenticator app, which a session that has just proved who it is may leave out.
struct OptionalCodeInput: Decodable, Sendable, Validated {
    let code: String?

    func validate(_ issues: inout [AppError.Issue]) { issues.requireLength(code, "code", 6...16) }
}

/// The second step of a sign-in: what its first answered, and a code.
struct ChallengeInput: Decodable, Sendable, Validated {
    let mfaToken: String
    /// Of the app, or a recovery code.
    let code: String
    /// Whether the tokens come as cookies.
    let cookies: Bool?

    enum CodingKeys: String, CodingKey {
        case mfaToken = "mfa_token"
        case code, cookies
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(mfaToken, "mfa_token", 1...128)
        issues.requireLength(code, "code", 6...64)
    }
}
