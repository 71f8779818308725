import Kernel
import NIOHTTP1
import Testing
import Tokens
import Wire

@testable import Host

@Suite struct CookieTests {
    @Test func `cookies are found among others, and only those of this product`() throws {
        var lines = CookieLines()
        try lines.add("a=b; __Host-tenantry_access=x.y.z;__Host-tenantry_refresh=r=1 ; c")
        try lines.add("__Host-tenantry_csrf=s; d=__Host-tenantry_access=no")
        #expect(lines.access == "x.y.z")
        #expect(lines.others == "__Host-tenantry_refresh=r=1; __Host-tenantry_csrf=s")
        for line in ["", ";", "=", "; ;", "x", "__Host-tenantry_access", "__Host-tenantry_accessx=1", "__HOST-tenantry_access=1"] {
            var other = CookieLines()
            try other.add(line)
            #expect(other == CookieLines(), "\(line)")
        }
    }

    @Test(arguments: [CookieLines.access, CookieLines.refresh, CookieLines.csrf]) func `a cookie that is there twice is refused`(name: String) throws
    {
        var lines = CookieLines()
        #expect(#expect(throws: AppError.self) { try lines.add("\(name)=a; \(name)=b") }?.code == .badRequest)
        lines = CookieLines()
        try lines.add("\(name)=a")
        #expect(throws: AppError.self) { try lines.add("\(name)=") }
    }

    @Test func `a handler that makes cookies sees them, no other does`() throws {
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: "/auth/refresh",
            headers: ["host": "x", "cookie": "__Host-tenantry_access=a; __Host-tenantry_refresh=r", "x-csrf-token": "c", "accept": "*/*"])
        let read = try RequestHead(head)
        #expect(
            read.fields(withCookies: true).map { "\($0.name): \($0.value)" } == [
                "accept: */*", "cookie: __Host-tenantry_refresh=r", "x-csrf-token: c",
            ])
        #expect(read.fields(withCookies: false).map(\.name) == ["accept"])
    }

    @Test(arguments: [
        ("https://a.example", "a.example", true, true), ("https://a.example", "a.example:443", true, true),
        ("https://A.example:443", "a.EXAMPLE", true, true),
        ("http://a.example", "a.example", false, true), ("http://a.example", "a.example", true, false),
        ("https://a.example", "a.example", false, true),
        ("http://localhost:8080", "localhost:8080", false, true), ("http://localhost:8080", "localhost", false, false),
        ("https://a.example", "b.example", true, false), ("null", "a.example", true, false), ("", "", true, false), ("://a", "a", true, false),
        ("https://[::1]:8443", "[::1]:8443", true, true),
    ])
    func `an origin is our own where name and port are the host's`(origin: String, host: String, isSecure: Bool, expected: Bool) {
        #expect(CookieRule.isOwn(origin, host: host, isSecure: isSecure) == expected)
        #expect(!CookieRule.isOwn(origin, host: nil, isSecure: isSecure))
    }
}

@Suite struct AuthenticatorTests {
    static let now = Timestamp(seconds: 1_772_352_000)
    let first = JWTKeyRing.Key.secret()
    let second = JWTKeyRing.Key.secret()

    private func token(_ ring: JWTKeyRing) throws -> String {
        let claims = AccessClaims(
            user: UserID(UUID(high: 1, low: 2)), tenant: TenantID(UUID(high: 3, low: 4)), role: .viewer, epoch: 1, id: .zero, issuedAt: Self.now)
        return try JWTSigner(signingKeys: JSON.encode(ring.forSigning(at: Self.now))).sign(claims)
    }

    @Test func `a token that is known is refused once its key is forgotten`() throws {
        var ring = JWTKeyRing(signing: try first.get(), standby: try second.get(), at: Self.now)
        let authenticator = Authenticator(verifier: JWTVerifier(keys: try ring.verifying(at: Self.now)))
        let old = try token(ring)
        func isKnown(_ token: String) -> Bool { (try? authenticator.credential("Bearer \(token)", apiKey: nil, at: Self.now)) != nil }
        #expect(isKnown(old))
        let retired = try #require(ring.signing(at: Self.now)?.id)
        try ring.rotate(.hs256, at: Self.now)
        authenticator.trust(JWTVerifier(keys: try ring.verifying(at: Self.now)), forgetting: false)
        #expect(isKnown(old))
        #expect(isKnown(try token(ring)))
        try ring.retire(retired, at: Self.now)
        authenticator.trust(JWTVerifier(keys: try ring.verifying(at: Self.now)), forgetting: true)
        #expect(!isKnown(old))
        #expect(isKnown(try token(ring)))
    }

    @Test func `the cookie counts only where nothing else is`() throws {
        let ring = JWTKeyRing(signing: try first.get(), standby: try second.get(), at: Self.now)
        let authenticator = Authenticator(verifier: JWTVerifier(keys: try ring.verifying(at: Self.now)))
        let token = try token(ring)
        guard case .cookie = try authenticator.credential(nil, apiKey: nil, cookie: token, at: Self.now) else { Issue.record("no cookie"); return }
        guard case .token = try authenticator.credential("bEARER \(token)", apiKey: nil, cookie: "x", at: Self.now) else {
            Issue.record("no token"); return
        }
        for line in ["", "Bearer", "Bearer ", token, "Basic \(token)", "Bearer  \(token)"] {
            #expect(throws: AppError.self) { try authenticator.credential(line, apiKey: nil, cookie: token, at: Self.now) }
        }
        #expect(throws: AppError.self) { try authenticator.credential(nil, apiKey: "x", cookie: token, at: Self.now) }
        #expect(throws: AppError.self) { try authenticator.credential(nil, apiKey: nil, at: Self.now) }
    }
}

extension JWTKeyRing.Key {
    fileprivate static func secret() -> Result<JWTKeyRing.Key, AppError> {
        Result { () throws(AppError) in try JWTKeyRing.Key(.hs256, at: AuthenticatorTests.now) }
    }
}
