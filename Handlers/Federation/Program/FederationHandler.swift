import Addresses
import HandlerKit
import OpenID
import Outbound
import Tokens

/// Sign-in through tenants' own providers (OpenID Connect, code flow with PKCE).
@main struct FederationHandler: Handler {
    private let parts: Result<Parts, AppError>

    init(environment: HandlerEnvironment) {
        parts = Result { () throws(AppError) in
            try Parts(
                try FederationSettings.settings(environment.secret("federation_settings")),
                try SealingRing(try SecretRing(environment.secret("federation_key"))))
        }
    }

    var routes: [Route] {
        ProviderRoutes(parts: parts).routes
        StartRoute(parts: parts).route
        CallbackRoute(parts: parts).route
    }

    static var statements: [Statement] { ProvidersSQL.all }
}

/// What all routes share.
struct Parts: Sendable {
    let ring: SealingRing
    let rules: ProviderRules
    let redirects: RedirectRule
    let client: HTTPClient
    let cache: ProviderCache
    /// Where providers send browsers back.
    let callback: String

    init(_ settings: FederationSettings, _ ring: SealingRing) throws(AppError) {
        self.ring = ring
        rules = try ProviderRules(settings.outbound)
        redirects = try RedirectRule(settings.redirects)
        client = try HTTPClient(settings.outbound)
        cache = ProviderCache(client, rules: rules)
        callback = "\(settings.publicURL)/api/v1/auth/oidc/callback"
    }

    /// A client's secret opens for its provider only.
    static func secretPurpose(_ provider: UUID) -> String { "oidc client secret\n\(provider)" }

    /// A client's secret in the clear. Those of before tenants had keys of their own are sealed with the installation's.
    func secret(of provider: SignInProvider, _ invocation: AnonymousInvocation) async throws -> String? {
        guard let sealed = provider.sealedSecret else { return nil }
        let purpose = Self.secretPurpose(provider.id)
        let plain: [UInt8]
        if TenantSealer.isSealed(sealed) {
            plain = try await invocation.sealer(of: provider.tenant).open(sealed, for: purpose)
        } else {
            plain = try ring.open(sealed, for: Array(purpose.utf8))
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
