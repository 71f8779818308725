import Addresses
import Kernel
import Outbound
import Testing
import Tokens

@testable import OpenID

@Suite struct SignInTests {
    private static let now = Timestamp("2026-03-01T08:00:00Z")!
    private static let provider = UUID("01980000-0000-7000-8000-000000000001")!

    private static func ring(_ byte: UInt8 = 1) throws -> SealingRing {
        try SealingRing(try SecretRing([.init(id: 1, bytes: [UInt8](repeating: byte, count: 32))]))
    }

    private static func state() -> SignInState {
        SignInState(provider: provider, redirect: "https://app.example.com/in", challenge: "c", appState: "s", at: now)
    }

    @Test func `asvs-31: a state opens with its own cookie, for ten minutes`() throws {
        let (ring, one, two) = (try Self.ring(), Self.state(), Self.state())
        let cookie = try one.sealed(ring)
        #expect(try SignInState.open(cookie, state: one.state, ring, at: Self.now) == one)
        #expect(one.state != two.state && one.nonce != two.nonce && one.verifier != two.verifier && one.nonce != one.state)
        // Mix-up: the cookie of another sign-in, a changed one, one of another installation, an old one.
        #expect(throws: AppError.self) { try SignInState.open(cookie, state: two.state, ring, at: Self.now) }
        #expect(throws: AppError.self) { try SignInState.open(try two.sealed(ring), state: one.state, ring, at: Self.now) }
        #expect(throws: AppError.self) { try SignInState.open(String(cookie.dropLast(2)) + "AA", state: one.state, ring, at: Self.now) }
        #expect(throws: AppError.self) { try SignInState.open(cookie, state: one.state, try Self.ring(2), at: Self.now) }
        #expect(throws: AppError.self) { try SignInState.open(cookie, state: one.state, ring, at: Self.now + .seconds(600)) }
        for text in ["", "x", "=", cookie + "A"] {
            #expect(throws: AppError.self) { try SignInState.open(text, state: one.state, ring, at: Self.now) }
        }
    }

    @Test func `neither verifier nor nonce can be read in the cookie`() throws {
        let state = Self.state()
        let cookie = try state.sealed(try Self.ring())
        let bytes = String(decoding: Base64.url.decode(cookie) ?? [], as: UTF8.self)
        for secret in [state.verifier, state.nonce, state.state] { #expect(!cookie.contains(secret) && !bytes.contains(secret)) }
    }

    @Test(
        "open redirect: only listed pages are led to",
        arguments: [
            "https://evil.example.com/", "https://app.example.com.evil.example.com/", "https://app.example.com@evil.example.com/",
            "https://evil.example.com/https://app.example.com/", "http://app.example.com/", "https://app.example.com:8443/", "//evil.example.com/",
            "/in", "https:/app.example.com/", "https://app.example.com\\@evil.example.com/", "javascript:alert(1)", "data:text/html,x",
            "https://app.example.com#@evil.example.com/", "https://app.example.com/in#x", "https://xapp.example.com/",
            "https://other.example.com/exact/x",
            "https://other.example.com/", "https://other.example.com/exact?x=1", " https://app.example.com/", "https://app.example.com/\r\nx: y", "",
        ])
    func openRedirect(url: String) throws {
        let rule = try RedirectRule(["https://app.example.com/", "https://other.example.com/exact"])
        #expect(throws: AppError.self) { try rule.check(url) }
    }

    @Test(arguments: ["https://app.example.com/", "https://app.example.com/in?x=1", "https://APP.example.com/x", "https://other.example.com/exact"])
    func `listed pages are led to`(url: String) throws {
        let rule = try RedirectRule(["https://app.example.com/", "https://other.example.com/exact"])
        #expect(try rule.check(url).host.hasSuffix("example.com"))
    }

    private static let document: JSONObject = [
        "issuer": "https://idp.example.com", "authorization_endpoint": "https://idp.example.com/a?x=1", "token_endpoint": "https://idp.example.com/t",
        "jwks_uri": "https://keys.example.com/k", "authorization_response_iss_parameter_supported": true,
    ]

    @Test func `a provider's document`() throws {
        let rules = try ProviderRules(OutboundRules())
        let discovery = try Discovery(Self.document, issuer: "https://idp.example.com", rules: rules)
        #expect(discovery.namesIssuer && !discovery.secretInForm && discovery.keys.host == "keys.example.com")
        #expect(FormEncoding.url(discovery.authorization.text, adding: [("a b", "c&d")]) == "https://idp.example.com/a?x=1&a%20b=c%26d")
        #expect(throws: AppError.self) { try Discovery(Self.document, issuer: "https://idp.example.com/", rules: rules) }
        #expect(throws: AppError.self) { try Discovery(Self.document, issuer: "https://evil.example.com", rules: rules) }
        for (name, value) in [
            ("authorization_endpoint", "http://idp.example.com/a"), ("token_endpoint", "https://127.0.0.1/t"), ("jwks_uri", "https://10.0.0.1/k"),
            ("jwks_uri", "file:///etc/passwd"), ("token_endpoint", "https://169.254.169.254/"), ("token_endpoint", 7), ("jwks_uri", nil),
            ("code_challenge_methods_supported", ["plain"]), ("issuer", nil),
        ] as [(String, JSONValue?)] {
            let changed = JSONObject(Self.document.filter { $0.name != name } + [.init(name: name, value: value ?? .null)])
            #expect(throws: AppError.self, "\(name)") { try Discovery(changed, issuer: "https://idp.example.com", rules: rules) }
        }
    }

    @Test func `the client's secret goes where the provider takes it`() throws {
        let rules = try ProviderRules(OutboundRules())
        var discovery = try Discovery(Self.document, issuer: "https://idp.example.com", rules: rules)
        let basic = CodeExchange.request(discovery, code: "c", verifier: "v", redirect: "https://r", client: "id:1", secret: "s&1")
        #expect(basic.headers.contains { $0.name == "authorization" && $0.value == "Basic aWQlM0ExOnMlMjYx" })
        let text = String(decoding: basic.body ?? [], as: UTF8.self)
        #expect(text.contains("code_verifier=v") && !text.contains("s%261"))
        let form: JSONObject = JSONObject(
            Self.document.map { $0 } + [.init(name: "token_endpoint_auth_methods_supported", value: ["client_secret_post"])])
        discovery = try Discovery(form, issuer: "https://idp.example.com", rules: rules)
        let posted = CodeExchange.request(discovery, code: "c", verifier: "v", redirect: "https://r", client: "id", secret: "s&1")
        #expect(
            String(decoding: posted.body ?? [], as: UTF8.self).contains("client_secret=s%261")
                && !posted.headers.contains { $0.name == "authorization" })
        let open = CodeExchange.request(discovery, code: "c", verifier: "v", redirect: "https://r", client: "id", secret: nil)
        #expect(String(decoding: open.body ?? [], as: UTF8.self).hasSuffix("client_id=id"))
    }
}
