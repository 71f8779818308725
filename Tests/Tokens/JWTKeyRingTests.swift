import Kernel
import Testing

@testable import Tokens

@Suite struct JWTKeyRingTests {
    static let now = Timestamp(seconds: 1_772_352_000)

    private func states(_ ring: JWTKeyRing, _ now: Timestamp) -> [String] { ring.keys.map { ring.state(of: $0, at: now).rawValue } }

    private func claims(_ issuedAt: Timestamp) -> AccessClaims {
        AccessClaims(
            user: UserID(UUID(high: 1, low: 2)), tenant: TenantID(UUID(high: 3, low: 4)), role: .viewer, epoch: 1, id: .zero, issuedAt: issuedAt)
    }

    @Test func `one key signs, one stands by, and both are known`() throws {
        let ring = try JWTKeyRing(.rs256, at: Self.now)
        #expect(states(ring, Self.now) == ["signing", "standby"])
        let keys = try #require(try ring.published(at: Self.now)["keys"]?.array)
        #expect(keys.count == 2)
        for key in keys { #expect(Set(try #require(key.object).map(\.name)) == ["kty", "use", "alg", "kid", "n", "e"]) }
        #expect(try ring.verifying(at: Self.now).map(\.id) == ring.keys.map(\.id))
        #expect(ring.forSigning(at: Self.now).keys.map(\.id) == [ring.keys[0].id])
        let read = try JWTKeyRing(json: JSON.encode(ring))
        #expect(read.keys.map(\.id) == ring.keys.map(\.id))
        #expect(states(read, Self.now) == ["signing", "standby"])
    }

    @Test func `a key that everybody knows takes over at once, and the one before verifies until its tokens have ended`() throws {
        var ring = try JWTKeyRing(.hs256, at: Self.now)
        let later = Self.now + .seconds(1000)
        let old = try JWTSigner(signingKeys: JSON.encode(ring.forSigning(at: later))).sign(claims(later))
        let ids = ring.keys.map(\.id)
        #expect(try ring.rotate(.hs256, at: later).id == ids[1])
        #expect(states(ring, later) == ["verifying", "signing", "standby"])
        #expect(ring.signing(at: later)?.id == ids[1])
        let new = try JWTSigner(signingKeys: JSON.encode(ring.forSigning(at: later))).sign(claims(later))
        let verifier = JWTVerifier(keys: try ring.verifying(at: later + .seconds(899)))
        for token in [old, new] { #expect(try verifier.access(token, at: later + .seconds(899)).user == claims(later).user) }
        let end = later + JWTKeyRing.overlap
        #expect(ring.end(of: ring.keys[0]) == end)
        #expect(try ring.verifying(at: end - .milliseconds(1)).count == 3)
        #expect(try ring.verifying(at: end).map(\.id) == Array(ring.keys.map(\.id).dropFirst()))
        try ring.rotate(.hs256, at: end)
        #expect(!ring.keys.contains { $0.id == ids[0] })
    }

    @Test func `a public key is announced before it signs`() throws {
        let key = try RSAKey.generate()
        var ring = JWTKeyRing(signing: .init(key, at: Self.now), standby: try .init(.rs256, at: Self.now), at: Self.now)
        let soon = Self.now + .seconds(100)
        let next = try ring.rotate(.rs256, at: soon)
        #expect(next.signsFrom == Self.now + JWTKeyRing.announcement)
        #expect(states(ring, soon) == ["signing", "announced", "standby"])
        #expect(states(ring, Self.now + .seconds(300)) == ["verifying", "signing", "standby"])
        let error = #expect(throws: AppError.self) { try ring.rotate(.rs256, at: soon) }
        #expect(error?.code == .conflict)
        // The process that signs was told both, and changes over by itself.
        let signer = try JWTSigner(signingKeys: JSON.encode(ring.forSigning(at: soon)))
        let before = JWTVerifier(keys: [.rs256(key.publicKey)])
        #expect(try before.access(signer.sign(claims(soon)), at: soon).epoch == 1)
        #expect(throws: AppError.self) { try before.access(signer.sign(claims(Self.now + .seconds(300))), at: Self.now + .seconds(300)) }
        #expect(try ring.rotate(.rs256, at: soon, immediately: true).id == next.id)
        #expect(states(ring, soon) == ["verifying", "signing", "standby"])
    }

    @Test func `another algorithm takes over, and no secret is published`() throws {
        var ring = try JWTKeyRing(.rs256, at: Self.now)
        try ring.rotate(.hs256, at: Self.now + .seconds(9))
        #expect(ring.keys.map(\.algorithm) == [.rs256, .hs256, .hs256])
        #expect(states(ring, Self.now + .seconds(9)) == ["verifying", "signing", "standby"])
        #expect(try ring.published(at: Self.now + .seconds(9))["keys"]?.array?.count == 1)
        #expect(throws: AppError.self) { try ring.rotate(.es256, at: Self.now + .seconds(9)) }
    }

    @Test func `a key that leaked is forgotten at once, but not while it signs`() throws {
        var ring = try JWTKeyRing(.hs256, at: Self.now)
        let ids = ring.keys.map(\.id)
        #expect(#expect(throws: AppError.self) { try ring.retire(ids[0], at: Self.now) }?.code == .conflict)
        #expect(#expect(throws: AppError.self) { try ring.retire("x", at: Self.now) }?.code == .notFound)
        try ring.rotate(.hs256, at: Self.now + .seconds(1))
        try ring.retire(ids[0], at: Self.now + .seconds(1))
        #expect(try ring.verifying(at: Self.now + .seconds(1)).map(\.id).contains(ids[0]) == false)
        let standby = try #require(ring.keys.last?.id)
        try ring.retire(standby, at: Self.now + .seconds(1))
        #expect(states(ring, Self.now + .seconds(1)) == ["signing", "standby"])
        #expect(ring.keys.last?.id != standby)
    }

    @Test func `a rotation that was announced can be taken back`() throws {
        var ring = try JWTKeyRing(.rs256, at: Self.now)
        let next = try ring.rotate(.rs256, at: Self.now + .seconds(1))
        try ring.retire(next.id, at: Self.now + .seconds(2))
        #expect(states(ring, Self.now + .seconds(1000)) == ["signing", "standby"])
    }

    @Test(arguments: ["", "{}", #"{"keys":[{"id":"a"}]}"#, #"{"keys":5}"#]) func `what is no ring is refused`(text: String) throws {
        #expect(#expect(throws: AppError.self) { try JWTKeyRing(json: Array(text.utf8)) }?.code == .internalError)
        #expect(throws: AppError.self) { try JWTSigner(signingKeys: Array(text.utf8)) }
    }

    @Test func `nothing secret is in what is printed`() throws {
        let ring = try JWTKeyRing(.hs256, at: Self.now)
        for key in ring.keys { #expect(!"\(ring) \(key) \(String(reflecting: key))".contains(key.secret)) }
    }
}
