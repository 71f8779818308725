/// The secrets that a manifest's `secrets` may name. Each is derived from the installation's master secret, but the keys that sign tokens.
public enum SecretName: String, Sendable, CaseIterable {
    /// Authenticates refresh tokens.
    case refresh = "refresh_key"
    /// Authenticates what one-time tokens and challenges carry.
    case oneTime = "one_time_key"
    /// Seals the variables of mails that wait to be sent.
    case mail = "mail_key"
    /// Seals the secrets of authenticator apps.
    case mfa = "mfa_key"
    /// Seals providers' client secrets and the state of a sign-in through them.
    case federation = "federation_key"
    /// Seals the chain of audit records.
    case audit = "audit_key"
    /// How mail leaves the installation, with the mail server's password: no derived secret.
    case mailSettings = "mail_settings"
    /// How sign-in through providers reaches them and comes back: no derived secret.
    case federationSettings = "federation_settings"
    /// Who takes the payments, with the payment provider's key: no derived secret.
    case billingSettings = "billing_settings"
    /// What handlers may reach for their tenants' sources, and where providers are: no derived secret.
    case sourceSettings = "source_settings"
    /// What may be reached outside: no derived secret.
    case outboundSettings = "outbound_settings"
    /// The keys that sign access tokens: no derived secret, a ``JWTKeyRing``.
    case signingKeys = "jwt_signing_keys"
}
