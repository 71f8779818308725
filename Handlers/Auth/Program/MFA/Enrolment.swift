import Codes
import HandlerKit
import Mailing
import Tokens

/// `POST /auth/mfa/totp` and `POST /auth/mfa/totp/confirm`: a secret counts once a code of it came back.
struct Enrolment: Sendable {
    let codes: CodeCheck
    let mail: FactorMail

    @RoutesBuilder var routes: [Route] {
        Route.post("/auth/mfa/totp", access: .bearer("mfa:write"), summary: "A new secret for an authenticator app, not in force yet") {
            (input: EnrolmentInput, invocation: Invocation) async throws -> Response in
            try await enrol(input, FactorOwner(invocation))
        }
        Route.post("/auth/mfa/totp/confirm", access: .bearer("mfa:write"), summary: "Puts the secret in force by its first code") {
            (input: CodeInput, invocation: Invocation) async throws -> Response in
            try await confirm(input, FactorOwner(invocation))
        }
    }

    private func enrol(_ input: EnrolmentInput, _ owner: FactorOwner) async throws -> Response {
        guard owner.state.confirmedAt == nil else { throw Self.inUse }
        guard owner.state.isFresh else { throw AppError(.reauthenticationRequired) }
        let secret = TOTP.makeSecret()
        let rows = try await owner.caller.database.rows(
            MFASQL.enrol, .uuid(owner.session), .bytes(try codes.seal(secret, of: owner.user)))
        guard try rows[0].bool(0) else { throw Self.inUse }
        let account = owner.state.email
        let answer = try await owner.caller.offload {
            try EnrolmentAnswer(secret: secret, issuer: input.issuer ?? "Tenantry", account: account)
        }
        return try .secret(answer)
    }

    private func confirm(_ input: CodeInput, _ owner: FactorOwner) async throws -> Response {
        guard owner.state.confirmedAt == nil else { throw Self.inUse }
        let (step, sealed) = try await owner.step(of: input.code, codes)
        let recovery = RecoveryCode.makeSet()
        _ = try await owner.caller.database.transaction([
            Call(
                MFASQL.confirm,
                [
                    .uuid(owner.session), .bytes(sealed), .int64(step), .texts(recovery.map { $0.hash.hex }), .text(owner.caller.address),
                    .text(owner.caller.userAgent),
                ]),
            try mail.call(.enabled, to: owner.state.email, name: owner.state.name, owner.caller),
        ])
        return try .secret(RecoveryCodesAnswer(recovery))
    }

    private static let inUse = AppError(.conflict, "An authenticator app is in use already; remove it first")
}

/// What is shown beside the code in the app.
struct EnrolmentInput: Decodable, Sendable, Validated {
    /// Whose account it is; the product's name where it is absent.
    let issuer: String?

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(issuer, "issuer", 1...64)
        issues.requirePlain(issuer, "issuer")
    }
}

/// Codes for the day when the phone is gone, shown this once.
struct RecoveryCodesAnswer: Encodable, Sendable {
    let recoveryCodes: [String]

    enum CodingKeys: String, CodingKey { case recoveryCodes = "recovery_codes" }

    init(_ codes: [RecoveryCode]) { recoveryCodes = codes.map(\.description) }
}

extension Response {
    /// Something that is shown once: no cache and no record may keep it.
    static func secret(_ value: some Encodable) throws -> Response {
        var response = try json(value)
        response.headers.append(HeaderField(name: "cache-control", value: "no-store"))
        response.isSecret = true
        return response
    }
}
