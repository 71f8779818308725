public import HandlerKit

/// A mail that the product sends, with all that its text needs. Names are cut and cleaned where they are rendered.
///
/// A `token` is a one-time token; it stands in a link to the app's page and nowhere else.
public enum MailTemplate: Sendable, Hashable {
    /// To a new user: confirm the address. Link: `/verify-email?token=`.
    case verifyEmail(name: String, token: String)
    /// To somebody who registers an address that has an account already.
    case alreadyRegistered(name: String)
    /// Link: `/reset-password?token=`.
    case resetPassword(name: String, token: String)
    case passwordChanged(name: String, Occasion)
    /// To the new address: confirm it. Link: `/change-email?token=`.
    case emailChange(name: String, newEmail: String, token: String)
    /// To the old address.
    case emailChanged(name: String, newEmail: String, Occasion)
    /// Link: `/invitation?token=`.
    case invitation(inviter: String, tenant: String, role: String, token: String)
    case mfaChanged(name: String, change: MFAChange, Occasion)
    case newSignIn(name: String, Occasion)
    /// To the owner of an account whose sign-in was slowed down after many failures.
    case accountLocked(name: String, Occasion)
    /// What a tenant's member asked to be told, in words of the tenant's own.
    case notice(subject: String, text: String, facts: [Fact])

    /// A name and a value, on a line of their own.
    public struct Fact: Sendable, Hashable, Codable {
        public let name: String
        public let value: String

        public init(name: String, value: String) { (self.name, self.value) = (name, value) }
    }

    /// When something happened, and from where.
    public struct Occasion: Sendable, Hashable {
        public let at: Timestamp
        /// The client's address.
        public let address: String
        /// What the client says it is.
        public let userAgent: String

        public init(at: Timestamp, address: String, userAgent: String) {
            self.at = at
            self.address = address
            self.userAgent = userAgent
        }
    }

    /// What happened to somebody's second factor.
    public enum MFAChange: String, Sendable, Hashable, CaseIterable {
        case enabled, disabled
        case recoveryCodesRenewed = "recovery_codes_renewed"
        case recoveryCodeUsed = "recovery_code_used"
    }

    /// The template's name in the outbox.
    public var name: String {
        switch self {
        case .verifyEmail: "verify_email"
        case .alreadyRegistered: "already_registered"
        case .resetPassword: "reset_password"
        case .passwordChanged: "password_changed"
        case .emailChange: "email_change"
        case .emailChanged: "email_changed"
        case .invitation: "invitation"
        case .mfaChanged: "mfa_changed"
        case .newSignIn: "new_sign_in"
        case .accountLocked: "account_locked"
        case .notice: "notice"
        }
    }
}
