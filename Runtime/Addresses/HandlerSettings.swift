public import Kernel

/// How mail leaves this installation: what the mail handler is told as `mail_settings`.
public struct MailSettings: Sendable, Codable {
    /// Nil: the host writes messages to files.
    public var server: MailServer?
    /// The sender, with or without a name.
    public var from: String
    /// Where the app's pages are, such as `https://app.example.com`.
    public var appURL: String
    /// Certificates to believe, as PEM; nil: the system's.
    public var authorities: String?

    enum CodingKeys: String, CodingKey {
        case server, from, authorities
        case appURL = "app_url"
    }

    public init(server: MailServer?, from: String, appURL: String, authorities: String?) {
        self.server = server
        self.from = from
        self.appURL = appURL
        self.authorities = authorities
    }
}

/// How sign-in through providers reaches them and comes back: what the federation handler is told as `federation_settings`.
public struct FederationSettings: Sendable, Codable {
    public var outbound: OutboundRules
    /// This installation as browsers see it, such as `https://api.example.com`: providers send them back there.
    public var publicURL: String
    /// Where a finished sign-in may lead: URLs whose origin and path must be met exactly.
    public var redirects: [String]

    enum CodingKeys: String, CodingKey {
        case outbound, redirects
        case publicURL = "public_url"
    }

    public init(outbound: OutboundRules, publicURL: String, redirects: [String]) {
        self.outbound = outbound
        self.publicURL = publicURL
        self.redirects = redirects
    }
}

/// Who takes the payments: what the subscriptions handler is told as `billing_settings`.
public struct BillingSettings: Sendable, Codable {
    /// Nil: payments are taken by hand.
    public var stripe: StripeSettings?
    public var outbound: OutboundRules
    /// Where browsers come back to from a page of the provider.
    public var returnURL: String
    /// By hand: `request`, changes that must be paid wait for an operator; `trust`, they take effect at once.
    public var manual: String

    enum CodingKeys: String, CodingKey {
        case stripe, outbound, manual
        case returnURL = "return_url"
    }

    public init(stripe: StripeSettings?, outbound: OutboundRules, returnURL: String, manual: String) {
        self.stripe = stripe
        self.outbound = outbound
        self.returnURL = returnURL
        self.manual = manual
    }
}

/// An account of Stripe's.
public struct StripeSettings: Sendable, Codable {
    /// Where its API is, such as `https://api.stripe.com`.
    public var url: String
    /// A secret or restricted key.
    public var key: String
    /// What events are signed with: one secret, or two while it is rotated.
    public var webhookSecrets: [String]

    enum CodingKeys: String, CodingKey {
        case url, key
        case webhookSecrets = "webhook_secrets"
    }

    public init(url: String, key: String, webhookSecrets: [String]) {
        self.url = url
        self.key = key
        self.webhookSecrets = webhookSecrets
    }
}

/// What the sources handler is told as `source_settings`.
public struct SourceSettings: Sendable, Codable {
    public var outbound: OutboundRules
    /// Where providers' APIs begin, by the connectors' names, where they are not at their own addresses.
    public var providers: [String: String]
    /// This installation as other systems see it: they push there.
    public var publicURL: String

    enum CodingKeys: String, CodingKey {
        case outbound, providers
        case publicURL = "public_url"
    }

    public init(outbound: OutboundRules, providers: [String: String], publicURL: String) {
        self.outbound = outbound
        self.providers = providers
        self.publicURL = publicURL
    }
}

extension Decodable {
    /// From a secret's bytes. Throws `BAD_REQUEST` or `VALIDATION_ERROR` where they are none.
    public static func settings(_ secret: [UInt8]) throws(AppError) -> Self { try JSON.decode(Self.self, from: try JSON.read(secret)) }
}
