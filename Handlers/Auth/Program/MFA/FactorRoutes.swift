import Codes
import HandlerKit
import Mailing
import Tokens

/// `GET /auth/mfa`, `POST /auth/mfa/recovery-codes`, `DELETE /auth/mfa/totp`: the factor that is in force.
struct FactorRoutes: Sendable {
    let codes: CodeCheck
    let mail: FactorMail

    @RoutesBuilder var routes: [Route] {
        Route.get("/auth/mfa", access: .bearer("mfa:read"), summary: "One's own second factor") {
            (_: NoInput, invocation: Invocation) async throws -> FactorAnswer in
            FactorAnswer(try await FactorOwner(invocation).state)
        }
        Route.post("/auth/mfa/recovery-codes", access: .bearer("mfa:write"), summary: "Ten new recovery codes; the old ones end") {
            (input: OptionalCodeInput, invocation: Invocation) async throws -> Response in
            try await replace(input.code, FactorOwner(invocation))
        }
        Route.delete(
            "/auth/mfa/totp", access: .bearer("mfa:write"), summary: "Ends the second factor, and its recovery codes", status: 204, body: .json
        ) { (input: OptionalCodeInput, invocation: Invocation) async throws -> Response in
            try await disable(input.code, FactorOwner(invocation))
        }
    }

    private func replace(_ code: String?, _ owner: FactorOwner) async throws -> Response {
        let step = try await owner.proof(code, codes)
        let recovery = RecoveryCode.makeSet()
        _ = try await owner.caller.database.transaction([
            Call(
                MFASQL.replaceRecoveryCodes,
                [
                    .uuid(owner.session), .optional(step, Bind.int64), .texts(recovery.map { $0.hash.hex }), .text(owner.caller.address),
                    .text(owner.caller.userAgent),
                ]),
            try mail.call(.recoveryCodesRenewed, to: owner.state.email, name: owner.state.name, owner.caller),
        ])
        return try .secret(RecoveryCodesAnswer(recovery))
    }

    private func disable(_ code: String?, _ owner: FactorOwner) async throws -> Response {
        guard !owner.state.isRequired else { throw AppError(.conflict, "A tenant of yours requires a second factor") }
        let step = try await owner.proof(code, codes)
        _ = try await owner.caller.database.transaction([
            Call(
                MFASQL.disable,
                [.uuid(owner.session), .optional(step, Bind.int64), .text(owner.caller.address), .text(owner.caller.userAgent)]),
            try mail.call(.disabled, to: owner.state.email, name: owner.state.name, owner.caller),
        ])
        return .noContent
    }
}

/// One's own second factor.
struct FactorAnswer: Codable, Sendable {
    /// Whether sign-in asks for a code.
    let enabled: Bool
    let confirmedAt: Timestamp?
    /// Whether a secret waits for its first code.
    let pending: Bool
    let recoveryCodesLeft: Int
    /// Whether a tenant of the user's requires it.
    let required: Bool

    enum CodingKeys: String, CodingKey {
        case enabled, pending, required
        case confirmedAt = "confirmed_at"
        case recoveryCodesLeft = "recovery_codes_left"
    }

    init(_ state: FactorState) {
        enabled = state.confirmedAt != nil
        confirmedAt = state.confirmedAt
        pending = state.isPending
        recoveryCodesLeft = state.recoveryCodes
        required = state.isRequired
    }
}
