import HandlerKit
import Tokens

/// Tokens of operators, who run the installation: for nothing but the routes below `/admin`, and only behind a second factor.
struct OperatorTokens: Sendable {
    let signer: JWTSigner

    static let noFactor = AppError(.forbidden, "Operators sign in with a second factor; set one up first, then sign in again")
    private static let stranger = AppError(.forbidden, "You are no operator of this installation")

    /// Of a member's session that was opened by password and second factor in the last 12 hours.
    func token(of session: UUID, _ user: UserID, _ caller: Caller) async throws -> Response {
        let rows = try await caller.database.rows(OperatorSignInSQL.open, .uuid(session), .text(caller.address), .text(caller.userAgent))
        return try await answer(rows.first, user, session, caller)
    }

    /// At the end of a sign-in that is for no tenant.
    func signIn(_ user: UserID, _ caller: Caller) async throws -> Response {
        let session = caller.makeID()
        let rows = try await caller.database.rows(
            OperatorSignInSQL.admit, .id(user), .uuid(session), .text(caller.address), .text(caller.userAgent))
        return try await answer(rows.first, user, session, caller)
    }

    private func answer(_ row: Row?, _ user: UserID, _ session: UUID, _ caller: Caller) async throws -> Response {
        guard let row else { throw Self.stranger }
        switch try row.text(0) {
        case "opened": break
        case "no_factor": throw Self.noFactor
        case "stale": throw AppError(.reauthenticationRequired, "This sign-in is older than 12 hours; sign in again")
        case "ended": throw RefreshRoute.refused
        default: throw Self.stranger
        }
        guard let role = OperatorRole(rawValue: try row.text(1)) else { throw AppError(.internalError) }
        let claims = OperatorClaims(user: user, session: session, id: caller.makeID(), issuedAt: caller.time.now())
        let token = try await caller.offload { [signer] in try signer.sign(claims) }
        return try .secret(
            OperatorAnswer(
                accessToken: token, expiresAt: claims.expiresAt,
                operator: .init(userID: user, email: try row.text(2), name: try row.text(3), role: role, scopes: role.scopes)))
    }
}

/// What an operator gets: a token, and what it is good for. There is no refresh: ask the session again, or sign in again.
struct OperatorAnswer: Encodable, Sendable {
    struct Operator: Encodable, Sendable {
        let userID: UserID
        let email: String
        let name: String
        let role: OperatorRole
        let scopes: [Scope]

        enum CodingKeys: String, CodingKey {
            case userID = "user_id"
            case email, name, role, scopes
        }
    }

    let accessToken: String
    let tokenType = "Bearer"
    /// In seconds.
    let expiresIn = OperatorClaims.lifetime.milliseconds / 1000
    let expiresAt: Timestamp
    let `operator`: Operator

    init(accessToken: String, expiresAt: Timestamp, operator: Operator) {
        self.accessToken = accessToken
        self.expiresAt = expiresAt
        self.operator = `operator`
    }

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
        case expiresAt = "expires_at"
        case `operator`
    }
}

/// The functions that make an operator of somebody who has signed in.
enum OperatorSignInSQL {
    /// $1…$3: session, address, user agent.
    static let open = Statement(
        "operators.open", "select outcome, role, email, user_name from identity.open_operator($1::uuid, $2::text, $3::text)", access: .write)

    /// $1…$4: user, session, address, user agent.
    static let admit = Statement(
        "operators.admit", "select outcome, role, email, user_name from identity.admit_operator($1::uuid, $2::uuid, $3::text, $4::text)",
        access: .write)

    static let all = [open, admit]
}
