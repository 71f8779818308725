import HandlerKit
import PasswordRules
import Tokens

/// `POST /invitations/accept`: takes up an offer of a place, once, for the account of its address, or for a new one with a name and a password.
///
/// Whoever has the mail has the address, so no sign-in is asked for, and none is given: the next step is `POST /auth/login`.
struct AcceptInvitationRoute: Sendable {
    let passwords: PasswordWork

    var route: Route {
        Route.post(
            "/invitations/accept", access: .anonymous, summary: "Take up an invitation, with a new account where the address has none",
            body: .jsonWithNUL(limit: 64 << 10)
        ) { (input: AcceptInput, invocation: AnonymousInvocation) async throws -> Response in
            try await accept(input, Caller(invocation))
        }
    }

    private func accept(_ input: AcceptInput, _ caller: Caller) async throws -> Response {
        guard let secret = OneTimeSecret(input.token) else { throw Self.ended }
        guard let offer = try await caller.database.rows(InvitationSQL.read, .bytes(secret.hash)).first else { throw Self.ended }
        var hash: String?
        if try !offer.bool(4) {
            let (name, password) = try input.account()
            let email = try offer.text(0)
            let words = [email, try offer.text(2)] + OwnWords.of(email: email) + OwnWords.of(name: name) + OwnWords.of(name: try offer.text(3))
            if let issue = PasswordRules.issue(with: password, isOnlyFactor: true, words: words) { throw AppError.invalid("password", issue) }
            hash = try await passwords.hash(password, caller)
        }
        let rows = try await caller.database.rows(
            InvitationSQL.accept, .bytes(secret.hash), .uuid(caller.makeID()), .optional(hash == nil ? nil : input.name, Bind.text),
            .optional(hash, Bind.text), .text(caller.address), .text(caller.userAgent))
        guard let row = rows.first else { throw Self.ended }
        switch try row.text(0) {
        case "joined": return try .secret(AcceptAnswer(row))
        case "no_account": _ = try input.account()
        case "unknown_role": throw AppError(.conflict, "The role of this invitation is no more; ask for another invitation")
        default: break
        }
        throw Self.ended
    }

    /// One answer for all that is not open: unknown, accepted, taken back, replaced, too old.
    private static let ended = AppError.invalid("token", "expected the token of an invitation that is open")
}

struct AcceptInput: Decodable, Sendable, Validated {
    /// Of the mail.
    let token: String
    /// For a new account; not looked at where the address has one.
    let name: String?
    let password: String?

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(token, "token", 1...128)
        issues.requireLength(name, "name", 1...200)
        issues.requirePlain(name, "name")
        issues.require((password?.utf8.count ?? 1) <= PasswordHash.maximumBytes, "password", "expected at most \(PasswordHash.maximumBytes) bytes")
    }

    /// What a new account needs. Throws `VALIDATION_ERROR` naming what is missing.
    func account() throws(AppError) -> (name: String, password: String) {
        var issues: [AppError.Issue] = []
        issues.require(name != nil, "name", "required, since the address has no account yet")
        issues.require(password != nil, "password", "required, since the address has no account yet")
        guard let name, let password else { throw AppError(.validation, issues: issues) }
        return (name, password)
    }
}

/// A place that was taken up.
struct AcceptAnswer: Encodable, Sendable {
    struct Tenant: Encodable, Sendable {
        let id: TenantID
        let slug: String
        let name: String
    }

    let userID: UserID
    let email: String
    /// Whether the account was made just now.
    let isNew: Bool
    let tenant: Tenant
    let role: String

    enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case email, tenant, role
        case isNew = "is_new"
    }

    init(_ row: Row) throws {
        userID = UserID(try row.uuid(1))
        email = try row.text(2)
        isNew = try row.bool(3)
        tenant = Tenant(id: TenantID(try row.uuid(4)), slug: try row.text(5), name: try row.text(6))
        role = try row.text(7)
    }
}

/// The functions that need no tenant, only an invitation's secret.
enum InvitationSQL {
    /// $1: hash.
    static let read = Statement(
        "invitations.read",
        """
        select email, role, slug, tenant_name, has_account
        from identity.invitation($1::bytea)
        """)

    /// $1 hash, $2 id of a new user, $3 name and $4 password hash for one, or null; $5 address, $6 user agent.
    static let accept = Statement(
        "invitations.accept",
        """
        select outcome, user_id, email, is_new, tenant_id, slug, tenant_name, role
        from identity.accept_invitation($1::bytea, $2::uuid, $3::text, $4::text, $5::text, $6::text)
        """, access: .write)

    static let all = [read, accept]
}
