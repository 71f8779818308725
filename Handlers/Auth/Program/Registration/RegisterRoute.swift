import HandlerKit
import Mailing
import PasswordRules
import Tokens

/// `POST /auth/register`: asks for a user and a tenant of their own. Both are made when the address is verified; until then nothing but the secret's row is
/// there, and everybody hears the same, after the same work.
struct RegisterRoute: Sendable {
    let addresses: AddressMail
    let passwords: PasswordWork

    var route: Route {
        Route.post(
            "/auth/register", access: .anonymous, summary: "Register a user and a tenant", status: 202, body: .jsonWithNUL(limit: 64 << 10)
        ) { (input: RegisterInput, invocation: AnonymousInvocation) async throws -> MailAnswer in
            let caller = Caller(invocation)
            let email = input.email.lowercased()
            let hash = try await passwords.hash(input.password, caller)
            let owner = try await addresses.owner(of: email, caller)
            let secret = OneTimeSecret()
            var calls = [addresses.event("register", owner.user == nil ? "ok" : "refused", user: owner.user, caller)]
            if owner.mayMail {
                if let name = owner.name {
                    calls.append(try addresses.mail.call(.alreadyRegistered(name: name), to: email, tenant: nil))
                } else {
                    calls.append(
                        addresses.issue(
                            secret, "verify_email", user: nil, email: email, seconds: AddressMail.Lifetime.verification,
                            details: [
                                "name": .string(input.name), "organization": .string(input.organization),
                                "slug": .string(Slug.make(from: input.organization)), "password_hash": .string(hash),
                            ]))
                    calls.append(try addresses.mail.call(.verifyEmail(name: input.name, token: secret.text), to: email, tenant: nil))
                }
            }
            _ = try await caller.database.transaction(calls)
            return MailAnswer()
        }
    }
}

struct RegisterInput: Decodable, Sendable, Validated {
    let email: String
    /// Used byte for byte as it was sent.
    let password: String
    /// What people call them.
    let name: String
    /// The name of the tenant that is made.
    let organization: String

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireEmail(email, "email")
        issues.requireLength(name, "name", 1...200)
        issues.requirePlain(name, "name")
        issues.requireLength(organization, "organization", 1...200)
        issues.requirePlain(organization, "organization")
        let words = OwnWords.of(email: email) + OwnWords.of(name: name) + OwnWords.of(name: organization) + [Slug.make(from: organization)]
        if let issue = PasswordRules.issue(with: password, isOnlyFactor: true, words: words) {
            issues.append(AppError.Issue(field: "password", issue: issue))
        }
    }
}

extension [AppError.Issue] {
    /// Appends an issue where a text is no address that mail can be sent to.
    mutating func requireEmail(_ text: String, _ field: String) {
        do throws(AppError) {
            _ = try Mailbox(address: text.lowercased(), field: field)
        } catch { append(contentsOf: error.issues) }
        requireLength(text, field, 3...320)
    }
}
