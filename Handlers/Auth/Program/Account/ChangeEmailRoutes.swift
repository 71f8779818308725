import HandlerKit
import Mailing
import Tokens

/// `POST /auth/change-email`: a mail with a secret to the new address. `…/confirm`: the address changes, and the old one hears of it.
struct ChangeEmailRoutes: Sendable {
    let addresses: AddressMail
    let fresh: FreshAuthentication

    var routes: [Route] { [request, confirm] }

    private var request: Route {
        Route.post(
            "/auth/change-email", access: .bearer("profile:write"), summary: "Ask for another address", status: 202,
            body: .jsonWithNUL(limit: 64 << 10)
        ) { (input: ChangeEmailInput, invocation: Invocation) async throws -> MailAnswer in
            let person = try await fresh.prove(input.currentPassword, invocation)
            return try await AddressMail.evenly(invocation.time) {
                let caller = Caller(invocation)
                let email = input.email.lowercased()
                let owner = try await addresses.owner(of: email, caller)
                guard owner.mayMail else { return }
                guard owner.user == nil else {
                    _ = try await caller.database.transaction([
                        try addresses.mail.call(.alreadyRegistered(name: owner.name ?? ""), to: email, tenant: nil)
                    ])
                    return
                }
                let secret = OneTimeSecret()
                _ = try await caller.database.transaction([
                    addresses.issue(
                        secret, "change_email", user: invocation.principal.user, email: email, seconds: AddressMail.Lifetime.verification),
                    try addresses.mail.call(
                        .emailChange(name: person.name, newEmail: email, token: secret.text), to: email, tenant: nil),
                ])
            }
        }
    }

    private var confirm: Route {
        Route.post("/auth/change-email/confirm", access: .anonymous, summary: "Confirm the new address") {
            (input: SecretInput, invocation: AnonymousInvocation) async throws -> DoneAnswer in
            let caller = Caller(invocation)
            let rows = try await caller.database.rows(
                AddressSQL.change, .bytes(try input.secret().hash), .text(caller.address), .text(caller.userAgent))
            guard let row = rows.first else { throw AppError(.internalError, detail: "change_email answered no row") }
            switch try row.text(0) {
            case "changed":
                let occasion = MailTemplate.Occasion(at: caller.time.now(), address: caller.address, userAgent: caller.userAgent)
                _ = try await caller.database.transaction([
                    try addresses.mail.call(
                        .emailChanged(name: try row.text(4), newEmail: try row.text(3), occasion), to: try row.text(2), tenant: nil)
                ])
                return DoneAnswer(status: "email_changed")
            case "taken": throw AppError(.conflict, "This address has an account of its own by now")
            default: throw SecretInput.refused
            }
        }
    }
}

struct ChangeEmailInput: Decodable, Sendable, Validated {
    /// The new address.
    let email: String
    /// Required where the session did not prove lately who uses it.
    let currentPassword: String?

    enum CodingKeys: String, CodingKey {
        case email
        case currentPassword = "current_password"
    }

    func validate(_ issues: inout [AppError.Issue]) { issues.requireEmail(email, "email") }
}
