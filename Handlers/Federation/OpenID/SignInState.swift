public import Kernel
public import Tokens

/// A sign-in under way, as the browser carries it: sealed in a cookie that belongs to the `state` in the URL (RFC 6749 section 10.12).
///
/// The provider is told the state and hashes only. Who has the URL without the cookie, or a cookie of another sign-in, gets nowhere.
public struct SignInState: Sendable, Codable, Hashable {
    /// How long somebody may take at the provider.
    public static let lifetime = Duration.seconds(600)

    /// 256 random bits each, base64url.
    public let state: String
    public let nonce: String
    /// Proves to the provider that who redeems the code asked for it (RFC 7636).
    public let verifier: String
    public let provider: UUID
    /// Where the app wants the result, checked.
    public let redirect: String
    /// What the app's own verifier must hash to.
    public let challenge: String
    /// Whatever the app wants back.
    public let appState: String?
    public let expiresAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case state, nonce, verifier, provider, redirect, challenge
        case appState = "app_state"
        case expiresAt = "expires_at"
    }

    /// A new one.
    public init(provider: UUID, redirect: String, challenge: String, appState: String?, at now: Timestamp) {
        state = Base64.url.encode(SecureRandom.bytes(32))
        nonce = Base64.url.encode(SecureRandom.bytes(32))
        verifier = Base64.url.encode(SecureRandom.bytes(32))
        self.provider = provider
        self.redirect = redirect
        self.challenge = challenge
        self.appState = appState
        expiresAt = now + Self.lifetime
    }

    /// `code_challenge` of ``verifier`` by the method S256.
    public var verifierChallenge: String { Base64.url.encode(SHA256.hash(verifier).bytes) }

    /// The cookie of a state. Each sign-in has one of its own, so that two tabs do not meet.
    public static func cookieName(_ state: String) -> String { "__Host-tenantry_oidc_\(state.prefix(8))" }

    /// For the cookie.
    public func sealed(_ ring: SealingRing) throws(AppError) -> String {
        Base64.url.encode(try ring.seal(try JSON.encode(self), for: Self.associated(state)))
    }

    /// What a cookie holds for a state. Throws `BAD_REQUEST` where it is no such cookie, belongs to another state, or is too old.
    public static func open(_ cookie: String, state: String, _ ring: SealingRing, at now: Timestamp) throws(AppError) -> SignInState {
        let refused = AppError(.badRequest, "This sign-in was not begun in this browser, or too long ago; begin anew")
        guard let bytes = Base64.url.decode(cookie), let plain = try? ring.open(bytes, for: associated(state)), let value = try? JSON.read(plain),
            let opened = try? JSON.decode(SignInState.self, from: value)
        else { throw refused }
        guard opened.state == state, now < opened.expiresAt else { throw refused }
        return opened
    }

    private static func associated(_ state: String) -> [UInt8] { Array("oidc state\n\(state)".utf8) }
}
