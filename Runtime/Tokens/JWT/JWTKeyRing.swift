public import Kernel

/// The keys of access tokens, with the time of each: one signs, one stands by, those before verify until their last token has ended. A pure value.
///
/// A key stands by, known to everybody who verifies, before it signs; so a rotation takes effect at once and nobody meets a key that is new to him.
public struct JWTKeyRing: Sendable, Codable {
    /// One key.
    public struct Key: Sendable, Codable {
        /// Its name in tokens (`kid`).
        public let id: String
        /// `RS256` or `HS256`.
        public let algorithm: JWSAlgorithm
        public let createdAt: Timestamp
        /// When it begins to sign; nil while it stands by.
        public internal(set) var signsFrom: Timestamp?
        /// When the next one took over; nil while none has.
        public internal(set) var signsUntil: Timestamp?
        /// A private key as PEM, or a secret in base64url.
        let secret: String

        enum CodingKeys: String, CodingKey {
            case id, algorithm, secret
            case createdAt = "created_at"
            case signsFrom = "signs_from"
            case signsUntil = "signs_until"
        }
    }

    /// What a key does at a moment.
    public enum State: String, Sendable, Codable {
        /// Known everywhere; the next rotation takes it.
        case standby
        /// Signs from a known time on.
        case announced
        case signing
        /// Verifies what it signed before.
        case verifying
        /// Nothing that it signed is valid any more.
        case ended
    }

    /// How long a key is known to others before it signs; ``published(at:)`` may be cached for as long.
    public static let announcement = Duration.seconds(300)
    /// How long processes may go on signing with the key before, at most, while they are replaced.
    public static let takeover = Duration.seconds(300)
    /// How long a key verifies after another one has taken over.
    public static let overlap = takeover + JWTVerifier.longestLifetime

    /// In the order in which they were made.
    public internal(set) var keys: [Key]

    /// A ring with a key that signs from now on and one that stands by. Makes RSA keys: blocks for some tenths of a second.
    public init(_ algorithm: JWSAlgorithm, at now: Timestamp) throws(AppError) {
        try self.init(signing: Key(algorithm, at: now), standby: Key(algorithm, at: now), at: now)
    }

    /// A ring with these two.
    public init(signing: Key, standby: Key, at now: Timestamp) {
        var signing = signing
        signing.signsFrom = now
        keys = [signing, standby]
    }

    /// The ring in a file's JSON. Throws `INTERNAL_ERROR` for anything else.
    public init(json: [UInt8]) throws(AppError) {
        do throws(AppError) {
            self = try JSON.decode(JWTKeyRing.self, from: JSON.read(json))
        } catch { throw AppError(.internalError, "the keys of tokens cannot be read: \(error.message)") }
        guard Set(keys.map(\.id)).count == keys.count else { throw AppError(.internalError, "two keys of tokens have one name") }
    }

    /// The key that signs at a moment; nil where none does yet.
    public func signing(at now: Timestamp) -> Key? { keys.last { state(of: $0, at: now) == .signing } }

    public func state(of key: Key, at now: Timestamp) -> State {
        guard let from = key.signsFrom else { return .standby }
        guard let until = key.signsUntil, until <= now else { return from <= now ? .signing : .announced }
        return now < until + Self.overlap ? .verifying : .ended
    }

    /// When the last token that a key signed has ended; nil where it still signs or never did.
    public func end(of key: Key) -> Timestamp? { key.signsUntil.map { $0 + Self.overlap } }

    /// With what tokens are verified at a moment: all keys but those that have ended.
    public func verifying(at now: Timestamp) throws(AppError) -> [JWSKey] {
        try valid(at: now).map { key throws(AppError) in
            switch try key.material {
            case .rsa(let pair): .rs256(pair.publicKey, id: key.id)
            case .secret(let secret): try .hs256(id: key.id, secret: secret)
            }
        }
    }

    /// The names of those keys.
    public func names(at now: Timestamp) -> [String] { valid(at: now).map(\.id) }

    /// The public halves as a JSON Web Key Set (RFC 7517 section 5). Secrets have none.
    public func published(at now: Timestamp) throws(AppError) -> JSONValue {
        var published: [JSONValue] = []
        for key in valid(at: now) {
            if case .rsa(let pair) = try key.material { published.append(pair.publicKey.jwk) }
        }
        return ["keys": .array(published)]
    }

    /// What a handler that signs is given: the keys that sign now or at a known time, and no other.
    public func forSigning(at now: Timestamp) -> JWTKeyRing {
        var ring = self
        ring.keys = keys.filter { [.signing, .announced].contains(state(of: $0, at: now)) }
        return ring
    }

    func valid(at now: Timestamp) -> [Key] { keys.filter { state(of: $0, at: now) != .ended } }
}

extension JWTKeyRing: CustomStringConvertible {
    /// The names, never the keys.
    public var description: String { "JWTKeyRing(\(keys.map(\.id).joined(separator: ", ")))" }
}

extension JWTKeyRing.Key: CustomStringConvertible {
    public var description: String { "JWTKeyRing.Key(\(id), \(algorithm.rawValue))" }
}
