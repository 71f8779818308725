public import HandlerKit

/// From a template to subject, text and HTML.
public struct MailRenderer: Sendable {
    private let appURL: String
    private let product: String

    /// `appURL` is where the app's pages are, such as `https://app.example.com`; links are that and a path.
    public init(appURL: String, product: String = "Tenantry") {
        self.appURL = appURL.hasSuffix("/") ? String(appURL.dropLast()) : appURL
        self.product = product
    }

    /// The message for a template.
    public func message(_ template: MailTemplate, id: UUID, from: Mailbox, to: Mailbox, at date: Timestamp) -> MailMessage {
        let content = content(template)
        return MailMessage(id: id, from: from, to: to, subject: content.subject, text: content.text, html: content.html, date: date)
    }

    func content(_ template: MailTemplate) -> MailContent {
        switch template {
        case .verifyEmail(let name, let token):
            letter(
                "Confirm your e-mail address", to: name, "Please confirm that this address is yours.",
                link("Confirm the address", "/verify-email", token),
                "The link works once, for 24 hours. If you did not register, do nothing: the address will not be used.")
        case .alreadyRegistered(let name):
            letter(
                "You already have an account", to: name,
                "Somebody, probably you, tried to register this address with \(product). It has an account already, and nothing was changed.",
                link("Choose a new password", "/reset-password", nil), "If it was not you, do nothing.")
        case .resetPassword(let name, let token):
            letter(
                "Choose a new password", to: name, "Somebody, probably you, asked for a new password.",
                link("Choose a new password", "/reset-password", token),
                "The link works once, for one hour. If it was not you, do nothing: your password stays as it is.")
        case .passwordChanged(let name, let occasion):
            notice("Your password was changed", to: name, "The password of your account was changed, and all other sessions were ended.", occasion)
        case .emailChange(let name, let newEmail, let token):
            letter(
                "Confirm your new e-mail address", to: name, "Please confirm that your account shall use this address:",
                .facts([("Address", CleanText.line(newEmail))]), link("Confirm the address", "/change-email", token),
                "The link works once, for one hour. If you did not ask for it, do nothing.")
        case .emailChanged(let name, let newEmail, let occasion):
            notice(
                "Your e-mail address was changed", to: name, "Your account now uses another address.", occasion,
                more: [("New address", CleanText.line(newEmail))])
        case .invitation(let inviter, let tenant, let role, let token):
            letter(
                "Invitation to \(CleanText.name(tenant))", to: "",
                .text(
                    inviter.isEmpty
                        ? "You are invited to work together in \(product)." : "\(CleanText.name(inviter)) invites you to work together in \(product)."
                ),
                .facts([("Organization", CleanText.name(tenant)), ("Role", CleanText.name(role))]),
                link("Accept the invitation", "/invitation", token), "The link works once, for seven days. If you do not know the sender, do nothing."
            )
        case .mfaChanged(let name, let change, let occasion):
            notice(Self.subject(of: change), to: name, Self.words(of: change), occasion)
        case .newSignIn(let name, let occasion):
            notice("New sign-in to your account", to: name, "Somebody signed in to your account from a place that we have not seen before.", occasion)
        case .notice(let subject, let text, let facts): told(subject, text, facts)
        case .accountLocked(let name, let occasion):
            notice(
                "Sign-in to your account is slowed down", to: name,
                "Many sign-ins to your account failed. For a while each further try has to wait; sessions that are open go on.", occasion)
        }
    }

    /// A notice's lines, each a paragraph; its facts cut to what a line holds.
    private func told(_ subject: String, _ text: String, _ facts: [MailTemplate.Fact]) -> MailContent {
        let lines = text.split(whereSeparator: \.isNewline).prefix(100).map { MailContent.Block.text(CleanText.line(String($0), most: 500)) }
        let facts = facts.map { (name: CleanText.line($0.name, most: 100), value: CleanText.line($0.value, most: 300)) }
        return MailContent(
            subject: CleanText.line(subject),
            blocks: lines + (facts.isEmpty ? [] : [.facts(facts)]) + [
                .text("You asked to be told. What you want to hear is set at \(appURL)/notifications"), .text("\(product), \(appURL)"),
            ])
    }

    private func letter(_ subject: String, to name: String, _ parts: MailContent.Block...) -> MailContent {
        let name = CleanText.name(name)
        return MailContent(
            subject: subject,
            blocks: [.text(name.isEmpty ? "Hello," : "Hello \(name),")] + parts + [.text("\(product), \(appURL)")])
    }

    private func notice(
        _ subject: String, to name: String, _ what: String, _ occasion: MailTemplate.Occasion, more: [(name: String, value: String)] = []
    ) -> MailContent {
        let facts = [
            ("When", "\(occasion.at)"), ("Address of the client", CleanText.line(occasion.address)),
            ("Program", CleanText.name(occasion.userAgent)),
        ]
        return letter(
            subject, to: name, .text(what), .facts(more + facts.filter { !$0.1.isEmpty }.map { (name: $0.0, value: $0.1) }),
            "If it was not you, choose a new password at once and end all sessions.", link("Choose a new password", "/reset-password", nil))
    }

    private func link(_ words: String, _ path: String, _ token: String?) -> MailContent.Block {
        .link(words: words, url: appURL + path + (token.map { "?token=\(Self.queryValue($0))" } ?? ""))
    }

    /// Tokens are base64url; anything else in them is percent-encoded (RFC 3986 section 2.1).
    private static func queryValue(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return result
    }

    private static func subject(of change: MailTemplate.MFAChange) -> String {
        switch change {
        case .enabled: "Two-step sign-in is on"
        case .disabled: "Two-step sign-in is off"
        case .recoveryCodesRenewed: "You have new recovery codes"
        case .recoveryCodeUsed: "A recovery code was used"
        }
    }

    private static func words(of change: MailTemplate.MFAChange) -> String {
        switch change {
        case .enabled: "From now on signing in to your account needs a code of your authenticator, too."
        case .disabled: "Signing in to your account needs the password only."
        case .recoveryCodesRenewed: "New recovery codes were made for your account. The old ones work no more."
        case .recoveryCodeUsed: "Somebody signed in to your account with one of its recovery codes. That code works no more."
        }
    }
}
