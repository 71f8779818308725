import HandlerKit
import Mailing
import Tokens

/// `POST /auth/verify-email`: makes the user, the tenant and the membership that were registered, all or nothing. `…/resend`: another mail.
struct VerifyRoutes: Sendable {
    let addresses: AddressMail

    var routes: [Route] { [verify, resend] }

    private var verify: Route {
        Route.post("/auth/verify-email", access: .anonymous, summary: "Confirm the address of a registration") {
            (input: SecretInput, invocation: AnonymousInvocation) async throws -> RegisteredAnswer in
            let caller = Caller(invocation)
            let user = UserID(caller.makeID())
            let tenant = TenantID(caller.makeID())
            let rows = try await caller.database.rows(
                AddressSQL.verify, .bytes(try input.secret().hash), .id(user), .id(tenant), .text(caller.address), .text(caller.userAgent))
            guard let row = rows.first else { throw AppError(.internalError, detail: "verify_registration answered no row") }
            switch try row.text(0) {
            case "registered":
                return RegisteredAnswer(
                    user: .init(id: user, email: try row.text(1), name: try row.text(2)),
                    tenant: TenantAnswer(id: tenant, slug: try row.text(3), name: try row.text(4), role: .owner))
            case "taken": throw AppError(.conflict, "This address has an account already; sign in")
            default: throw SecretInput.refused
            }
        }
    }

    private var resend: Route {
        Route.post("/auth/verify-email/resend", access: .anonymous, summary: "Send the mail of a registration again", status: 202) {
            (input: AddressInput, invocation: AnonymousInvocation) async throws -> MailAnswer in
            try await AddressMail.evenly(invocation.time) {
                let caller = Caller(invocation)
                let email = input.email.lowercased()
                guard try await addresses.owner(of: email, caller).mayMail else { return }
                let secret = OneTimeSecret()
                let renewed = try await caller.database.rows(
                    AddressSQL.renew, .text(email), .bytes(secret.hash), .int32(AddressMail.Lifetime.verification))
                guard let name = try renewed.first?.optionalText(0) else { return }
                _ = try await caller.database.transaction([
                    try addresses.mail.call(.verifyEmail(name: name, token: secret.text), to: email, tenant: nil)
                ])
            }
        }
    }
}

/// A secret that came back from a mail.
struct SecretInput: Decodable, Sendable {
    let token: String

    static let refused = AppError.invalid("token", "is not valid any more; ask for a new mail")

    func secret() throws(AppError) -> OneTimeSecret {
        guard let secret = OneTimeSecret(token) else { throw Self.refused }
        return secret
    }
}

struct AddressInput: Decodable, Sendable, Validated {
    let email: String

    func validate(_ issues: inout [AppError.Issue]) { issues.requireEmail(email, "email") }
}

struct RegisteredAnswer: Encodable, Sendable {
    let user: SignInAnswer.User
    let tenant: TenantAnswer
}
