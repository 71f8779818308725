import HandlerKit

/// A template's variables as the outbox keeps them, sealed: one flat JSON object.
struct MailVariables: Codable, Sendable {
    var name: String?
    var token: String?
    var newEmail: String?
    var inviter: String?
    var tenant: String?
    var role: String?
    var change: String?
    var at: Timestamp?
    var address: String?
    var userAgent: String?
    var subject: String?
    var text: String?
    var facts: [MailTemplate.Fact]?

    enum CodingKeys: String, CodingKey {
        case name, token, inviter, tenant, role, change, at, address, subject, text, facts
        case newEmail = "new_email"
        case userAgent = "user_agent"
    }

    init(_ template: MailTemplate) {
        switch template {
        case .verifyEmail(let name, let token), .resetPassword(let name, let token):
            (self.name, self.token) = (name, token)
        case .alreadyRegistered(let name):
            self.name = name
        case .emailChange(let name, let newEmail, let token):
            (self.name, self.newEmail, self.token) = (name, newEmail, token)
        case .emailChanged(let name, let newEmail, let occasion):
            (self.name, self.newEmail) = (name, newEmail)
            take(occasion)
        case .invitation(let inviter, let tenant, let role, let token):
            (self.inviter, self.tenant, self.role, self.token) = (inviter, tenant, role, token)
        case .mfaChanged(let name, let change, let occasion):
            (self.name, self.change) = (name, change.rawValue)
            take(occasion)
        case .passwordChanged(let name, let occasion), .newSignIn(let name, let occasion), .accountLocked(let name, let occasion):
            self.name = name
            take(occasion)
        case .notice(let subject, let text, let facts):
            // What is sealed has a limit, and quotes double; the app shows all of it.
            self.subject = Self.cut(subject, 800)
            self.text = Self.cut(text, 6000)
            self.facts = facts.prefix(10).map { .init(name: Self.cut($0.name, 40), value: Self.cut($0.value, 80)) }
        }
    }

    /// At most so many bytes, of which a control character takes three: JSON writes it as six where a quote is two.
    private static func cut(_ text: String, _ bytes: Int) -> String {
        func cost(_ character: Character) -> Int { character.utf8.reduce(0) { $0 + ($1 < 0x20 && ![9, 10, 13].contains($1) ? 3 : 1) } }
        if text.reduce(0, { $0 + cost($1) }) <= bytes { return text }
        var (result, room) = ("", bytes - 3)
        for character in text {
            room -= cost(character)
            guard room >= 0 else { break }
            result.append(character)
        }
        return result + "…"
    }

    private mutating func take(_ occasion: MailTemplate.Occasion) {
        (at, address, userAgent) = (occasion.at, occasion.address, occasion.userAgent)
    }

    /// The template of that name with these variables. Throws `INTERNAL_ERROR` naming what is missing.
    func template(named template: String) throws(AppError) -> MailTemplate {
        func need<Value>(_ value: Value?, _ field: String) throws(AppError) -> Value {
            guard let value else { throw AppError(.internalError, detail: "a mail of the template \(template) has no \(field)") }
            return value
        }
        func occasion() throws(AppError) -> MailTemplate.Occasion {
            .init(at: try need(at, "at"), address: try need(address, "address"), userAgent: try need(userAgent, "user_agent"))
        }
        switch template {
        case "verify_email": return .verifyEmail(name: try need(name, "name"), token: try need(token, "token"))
        case "already_registered": return .alreadyRegistered(name: try need(name, "name"))
        case "reset_password": return .resetPassword(name: try need(name, "name"), token: try need(token, "token"))
        case "password_changed": return .passwordChanged(name: try need(name, "name"), try occasion())
        case "email_change":
            return .emailChange(name: try need(name, "name"), newEmail: try need(newEmail, "new_email"), token: try need(token, "token"))
        case "email_changed": return .emailChanged(name: try need(name, "name"), newEmail: try need(newEmail, "new_email"), try occasion())
        case "invitation":
            return .invitation(
                inviter: try need(inviter, "inviter"), tenant: try need(tenant, "tenant"), role: try need(role, "role"),
                token: try need(token, "token"))
        case "mfa_changed":
            let change = try need(change.flatMap(MailTemplate.MFAChange.init), "change")
            return .mfaChanged(name: try need(name, "name"), change: change, try occasion())
        case "new_sign_in": return .newSignIn(name: try need(name, "name"), try occasion())
        case "account_locked": return .accountLocked(name: try need(name, "name"), try occasion())
        case "notice": return .notice(subject: try need(subject, "subject"), text: try need(text, "text"), facts: facts ?? [])
        default: throw AppError(.internalError, detail: "no mail template is called \(template)")
        }
    }
}
