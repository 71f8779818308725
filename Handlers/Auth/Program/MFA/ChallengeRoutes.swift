import Codes
import HandlerKit
import Mailing
import Tokens

/// `POST /auth/mfa/verify` and `POST /auth/mfa/recovery`: the second step of a sign-in.
struct ChallengeRoutes: Sendable {
    let codes: CodeCheck
    let sessions: SessionMaker
    let operators: OperatorTokens
    let mail: FactorMail

    /// How long somebody may look for the phone, in seconds.
    static let lifetime: Int32 = 600

    @RoutesBuilder var routes: [Route] {
        Route.post("/auth/mfa/verify", access: .anonymous, summary: "Ends a sign-in by a code of the authenticator app") {
            (input: ChallengeInput, invocation: AnonymousInvocation) async throws -> Response in
            try await verify(input, Caller(invocation))
        }
        Route.post("/auth/mfa/recovery", access: .anonymous, summary: "Ends a sign-in by a recovery code") {
            (input: ChallengeInput, invocation: AnonymousInvocation) async throws -> Response in
            try await recover(input, Caller(invocation))
        }
    }

    /// What the first step answers instead of tokens; `first` is how it was done.
    static func begin(
        for user: UserID, tenant: String?, by first: Factor = .password, isOperator: Bool = false, _ caller: Caller
    ) async throws -> Response {
        let secret = OneTimeSecret()
        let details: JSONValue = [
            "tenant": tenant.map { .string($0) } ?? .null, "first": .string(first.rawValue), "operator": .bool(isOperator),
        ]
        _ = try await caller.database.rows(
            AddressSQL.issue, .bytes(secret.hash), .text("mfa_login"), .id(user), .null, .null, .int32(lifetime),
            .json(Array(details.description.utf8)))
        return try .secret(ChallengeAnswer(mfaToken: secret.text))
    }

    private func verify(_ input: ChallengeInput, _ caller: Caller) async throws -> Response {
        guard let challenge = OneTimeSecret(input.mfaToken) else { throw Self.ended }
        guard let row = try await caller.database.rows(MFASQL.beginChallenge, .bytes(challenge.hash)).first else { throw Self.ended }
        try Self.check(try row.text(0), retryAfter: try row.int32(1))
        let user = UserID(try row.uuid(2))
        guard let sealed = try row.optionalBytes(3),
            let step = try codes.step(of: input.code, sealed: sealed, user: user, last: try row.optionalInt64(4), at: caller.time.now())
        else { return try await refuse(user, caller) }
        let completed = try await caller.database.rows(
            MFASQL.completeChallenge, .bytes(challenge.hash), .int64(step), .optional(try codes.resealed(sealed, of: user), Bind.bytes),
            .text(caller.address), .text(caller.userAgent))
        // Somebody else used the code or the challenge meanwhile.
        guard let row = completed.first else { return try await refuse(user, caller) }
        return try await open(user, try row.optionalJSON(2), .totp, input, caller)
    }

    /// What the sign-in was begun for: a session in a tenant, or an operator's token.
    private func open(
        _ user: UserID, _ details: [UInt8]?, _ second: Factor, _ input: ChallengeInput, _ caller: Caller
    ) async throws -> Response {
        let first = try Self.first(details)
        if first == .password, try Self.isOperator(details) { return try await operators.signIn(user, caller) }
        return try await sessions.open(
            user, tenant: try Self.tenant(details), factors: [first, second], cookies: input.cookies ?? false, caller)
    }

    private func recover(_ input: ChallengeInput, _ caller: Caller) async throws -> Response {
        guard let challenge = OneTimeSecret(input.mfaToken) else { throw Self.ended }
        // What cannot be a code counts as a wrong one.
        let hash = RecoveryCode(input.code)?.hash.bytes ?? SHA256.hash(input.code).bytes
        guard
            let row = try await caller.database.rows(
                MFASQL.useRecoveryCode, .bytes(challenge.hash), .bytes(hash), .text(caller.address), .text(caller.userAgent)
            ).first
        else { throw Self.ended }
        try Self.check(try row.text(0), retryAfter: try row.int32(1))
        let user = UserID(try row.uuid(2))
        if let row = try await caller.database.rows(IdentitySQL.profile, .id(user)).first {
            let person = try Profile(row)
            let call = try mail.call(.recoveryCodeUsed, to: person.email, name: person.name, caller)
            _ = try await caller.database.transaction([call])
        }
        return try await open(user, try row.optionalJSON(4), .recoveryCode, input, caller)
    }

    private func refuse(_ user: UserID, _ caller: Caller) async throws -> Response {
        _ = try await caller.database.rows(
            IdentitySQL.event, .text("mfa_verify"), .text("failed"), .id(user), .null, .null, .text(caller.address), .text(caller.userAgent),
            .json(Array("{}".utf8)))
        throw CodeCheck.refusal
    }

    private static func check(_ outcome: String, retryAfter: Int32) throws(AppError) {
        switch outcome {
        case "check", "ok": return
        case "wrong": throw CodeCheck.refusal
        case "wait": throw CodeCheck.slowDown(retryAfter)
        case "void":
            throw AppError(
                .tooManyRequests, "Too many wrong codes; sign in again with your password", retryAfter: .seconds(max(1, Int64(retryAfter))))
        default: throw ended
        }
    }

    private static func tenant(_ details: [UInt8]?) throws -> String? { try details.flatMap { try JSON.read($0)["tenant"]?.string } }

    private static func isOperator(_ details: [UInt8]?) throws -> Bool { try details.flatMap { try JSON.read($0)["operator"]?.bool } ?? false }

    /// How the first step was done. A session that a provider vouched for stays in the provider's tenant, also behind a second factor.
    private static func first(_ details: [UInt8]?) throws -> Factor {
        try details.flatMap { try JSON.read($0)["first"]?.string }.flatMap(Factor.init) ?? .password
    }

    private static let ended = AppError(.unauthenticated, "This sign-in has ended; begin again with your password")
}

/// The first step of a sign-in was right, and a second one is needed. No tokens yet.
struct ChallengeAnswer: Encodable, Sendable {
    let mfaRequired = true
    let mfaToken: String
    let methods = ["totp", "recovery_code"]
    /// Of the challenge, in seconds.
    let expiresIn = ChallengeRoutes.lifetime

    init(mfaToken: String) { self.mfaToken = mfaToken }

    enum CodingKeys: String, CodingKey {
        case mfaRequired = "mfa_required"
        case mfaToken = "mfa_token"
        case methods
        case expiresIn = "expires_in"
    }
}
