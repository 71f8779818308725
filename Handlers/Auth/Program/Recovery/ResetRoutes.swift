import HandlerKit
import Mailing
import PasswordRules
import Tokens

/// `POST /auth/reset-password`: a mail with a secret for whoever has the address. `…/confirm`: a new password for the secret; all sessions end, a second
/// factor stays.
struct ResetRoutes: Sendable {
    let addresses: AddressMail
    let passwords: PasswordWork

    var routes: [Route] { [request, confirm] }

    private var request: Route {
        Route.post("/auth/reset-password", access: .anonymous, summary: "Ask for a new password", status: 202) {
            (input: AddressInput, invocation: AnonymousInvocation) async throws -> MailAnswer in
            try await AddressMail.evenly(invocation.time) {
                let caller = Caller(invocation)
                let email = input.email.lowercased()
                let owner = try await addresses.owner(of: email, caller)
                var calls: [Call] = []
                if owner.mayMail, let user = owner.user, let name = owner.name {
                    let secret = OneTimeSecret()
                    calls.append(addresses.issue(secret, "reset_password", user: user, email: email, seconds: AddressMail.Lifetime.reset))
                    calls.append(try addresses.mail.call(.resetPassword(name: name, token: secret.text), to: email, tenant: nil))
                }
                calls.append(addresses.event("reset_request", calls.isEmpty ? "refused" : "ok", user: owner.user, caller))
                _ = try await caller.database.transaction(calls)
            }
        }
    }

    private var confirm: Route {
        Route.post(
            "/auth/reset-password/confirm", access: .anonymous, summary: "Set a new password with the mailed secret",
            body: .jsonWithNUL(limit: 64 << 10)
        ) { (input: NewPasswordInput, invocation: AnonymousInvocation) async throws -> DoneAnswer in
            let caller = Caller(invocation)
            guard let secret = OneTimeSecret(input.token) else { throw SecretInput.refused }
            let read = try await caller.database.rows(AddressSQL.read, .bytes(secret.hash), .text("reset_password"))
            guard let user = try read.first?.optionalUUID(0).map({ UserID($0) }) else { throw SecretInput.refused }
            let profile = try await NewPassword.check(input.password, field: "password", of: user, caller)
            let hash = try await passwords.hash(input.password, caller)
            let results = try await caller.database.transaction([
                Call(PasswordSQL.reset, [.bytes(secret.hash), .text(hash), .text(caller.address), .text(caller.userAgent)]),
                try addresses.mail.call(
                    .passwordChanged(name: profile.name, .init(at: caller.time.now(), address: caller.address, userAgent: caller.userAgent)),
                    to: profile.email, tenant: nil),
            ])
            // The secret was used meanwhile, by a request beside this one.
            guard !results[0].isEmpty else { throw SecretInput.refused }
            return DoneAnswer(status: "password_changed")
        }
    }
}

struct NewPasswordInput: Decodable, Sendable {
    let token: String
    /// Used byte for byte as it was sent.
    let password: String
}

/// What was done, in a word.
struct DoneAnswer: Codable, Sendable {
    let status: String
}
