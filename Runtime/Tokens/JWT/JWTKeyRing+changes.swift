public import Kernel

extension JWTKeyRing {
    /// Lets the key that stands by sign, and has a new one stand by. Forgets keys that have ended. Returns the key that takes over.
    ///
    /// It takes over as soon as it has been known for ``announcement``, or at once with `immediately`. Where `algorithm` is another one than the key's
    /// that stands by, a new key takes over. Makes a key: blocks for some tenths of a second.
    ///
    /// Throws `CONFLICT` while a rotation before this one has not taken effect, unless `immediately` is said, which then brings that one forward.
    @discardableResult
    public mutating func rotate(_ algorithm: JWSAlgorithm, at now: Timestamp, immediately: Bool = false) throws(AppError) -> Key {
        keys = valid(at: now)
        if let place = keys.firstIndex(where: { state(of: $0, at: now) == .announced }) {
            guard immediately else {
                throw AppError(.conflict, "a rotation takes effect at \(keys[place].signsFrom ?? now); bring it forward with --now, or wait")
            }
            if keys[place].algorithm == algorithm { return take(place, from: now) }
            keys.remove(at: place)
        }
        keys.removeAll { $0.signsFrom == nil && $0.algorithm != algorithm }
        if !keys.contains(where: { $0.signsFrom == nil }) { keys.append(try Key(algorithm, at: now)) }
        let place = keys.firstIndex { $0.signsFrom == nil } ?? 0
        let next = try Key(algorithm, at: now)
        // A secret is known to nobody beyond this installation.
        let known = algorithm == .hs256 ? now : keys[place].createdAt + Self.announcement
        let taken = take(place, from: immediately ? now : max(now, known))
        keys.append(next)
        return taken
    }

    /// Forgets a key, and with it all that it signed, at once. Returns it.
    ///
    /// Throws `NOT_FOUND` for a name that is not there, `CONFLICT` for the key that signs.
    @discardableResult
    public mutating func retire(_ id: String, at now: Timestamp) throws(AppError) -> Key {
        guard let place = keys.firstIndex(where: { $0.id == id }) else { throw AppError(.notFound, "there is no key \(id)") }
        let key = keys[place]
        switch state(of: key, at: now) {
        case .signing: throw AppError(.conflict, "the key \(id) signs; rotate first")
        case .announced:
            // Whoever was to be followed by it goes on.
            for other in keys.indices where keys[other].signsUntil == key.signsFrom { keys[other].signsUntil = nil }
        case .standby, .verifying, .ended: break
        }
        keys.remove(at: place)
        if !keys.contains(where: { $0.signsFrom == nil }) { keys.append(try Key(key.algorithm, at: now)) }
        return key
    }

    private mutating func take(_ place: Int, from start: Timestamp) -> Key {
        let announced = keys[place].signsFrom
        for other in keys.indices where keys[other].signsFrom != nil && other != place {
            if keys[other].signsUntil == nil || keys[other].signsUntil == announced { keys[other].signsUntil = start }
        }
        keys[place].signsFrom = start
        return keys[place]
    }
}

extension JWTKeyRing.Key {
    enum Material: Sendable {
        case rsa(RSAKey)
        case secret([UInt8])
    }

    /// The key itself. Throws `INTERNAL_ERROR` where it cannot be read.
    var material: Material {
        get throws(AppError) {
            switch algorithm {
            case .rs256: return .rsa(try RSAKey(privatePEM: secret))
            case .hs256:
                guard let bytes = Base64.url.decode(secret) else { throw AppError(.internalError, "the secret \(id) is not base64url") }
                return .secret(bytes)
            default: throw AppError(.internalError, "tokens are signed with RS256 or HS256, not \(algorithm.rawValue)")
            }
        }
    }

    /// A new key that stands by. RS256 blocks for some tenths of a second. Throws `VALIDATION_ERROR` for other algorithms than RS256 and HS256.
    public init(_ algorithm: JWSAlgorithm, at now: Timestamp) throws(AppError) {
        switch algorithm {
        case .rs256: self.init(try RSAKey.generate(), at: now)
        case .hs256:
            self.init(
                id: Base64.url.encode(SecureRandom.bytes(16)), algorithm: .hs256, createdAt: now, signsFrom: nil, signsUntil: nil,
                secret: Base64.url.encode(SecureRandom.bytes(32)))
        default: throw AppError(.validation, "tokens are signed with RS256 or HS256, not \(algorithm.rawValue)")
        }
    }

    /// A key that was made before, named by its thumbprint.
    public init(_ key: RSAKey, at now: Timestamp) {
        self.init(id: key.publicKey.id, algorithm: .rs256, createdAt: now, signsFrom: nil, signsUntil: nil, secret: key.privatePEM)
    }
}
