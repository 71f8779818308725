internal import COpenSSL
public import Kernel

/// A password as it is stored: scrypt's hash with salt and cost beside it, in the PHC string format.
///
/// Hashing takes about a tenth of a second and blocks its thread: call it on a blocking pool, never on the cooperative one.
public struct PasswordHash: Hashable, Sendable {
    /// What a guess costs.
    public let cost: ScryptCost
    private let salt: [UInt8]
    private let hash: [UInt8]

    /// More would only be work for the server: 512 code points of four bytes. Longer passwords are refused where they are set.
    public static let maximumBytes = 2048

    /// Hashes a password, byte for byte as it was given, with 16 fresh random bytes as salt.
    ///
    /// Throws `VALIDATION_ERROR` above ``maximumBytes``.
    public init(hashing password: String, cost: ScryptCost = .standard) throws(AppError) {
        guard password.utf8.count <= Self.maximumBytes else { throw .invalid("password", "expected at most \(Self.maximumBytes) bytes") }
        self.cost = cost
        salt = SecureRandom.bytes(16)
        hash = try Self.derive(password, salt, cost)
    }

    /// Whether this is the password. Takes the same time for a right and a wrong one, and for one that could not have been hashed.
    public func verify(_ password: String) throws(AppError) -> Bool {
        let canBeHashed = password.utf8.count <= Self.maximumBytes
        let derived = try Self.derive(canBeHashed ? password : "", salt, cost)
        return CRYPTO_memcmp(derived, hash, hash.count) == 0 && canBeHashed
    }

    /// Whether the password should be hashed again at the next sign-in, because the cost has changed since.
    public func needsRehash(_ cost: ScryptCost = .standard) -> Bool { self.cost != cost }

    /// A hash of no password at all: verifying against it takes as long as against a real one, so that a guesser cannot tell who has an account.
    public static func decoy(cost: ScryptCost = .standard) -> PasswordHash {
        PasswordHash(cost: cost, salt: SecureRandom.bytes(16), hash: SecureRandom.bytes(32))
    }

    private init(cost: ScryptCost, salt: [UInt8], hash: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }

    private static func derive(_ password: String, _ salt: [UInt8], _ cost: ScryptCost) throws(AppError) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: 32)
        // HMAC fills short keys up with zero bytes, so scrypt cannot tell a password from the same one with NUL behind it: one that holds NUL gets a last
        // byte that no UTF-8 has. The array ends in a zero byte that does not count, since without an address OpenSSL would check the parameters only.
        var characters = password.utf8.map { CChar(bitPattern: $0) }
        if password.utf8.contains(0) { characters.append(-1) }
        characters.append(0)
        let result = characters.withUnsafeBufferPointer { characters in
            EVP_PBE_scrypt(
                characters.baseAddress, characters.count - 1, salt, salt.count, 1 << UInt64(cost.ln), UInt64(cost.r), UInt64(cost.p),
                UInt64(cost.memory + cost.p * cost.r * 128 + (1 << 20)), &key, key.count)
        }
        guard result == 1 else { throw AppError(.internalError, detail: "scrypt failed; is there memory for \(cost.memory) bytes?") }
        return key
    }
}

extension PasswordHash: LosslessStringConvertible {
    /// Reads `$scrypt$ln=14,r=8,p=5$<salt>$<hash>`; nil for anything else and for a cost that could exhaust the machine.
    public init?(_ description: String) {
        let parts = description.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
        let settings = parts[2].split(separator: ",", omittingEmptySubsequences: false)
        guard settings.count == 3, settings[0].hasPrefix("ln="), settings[1].hasPrefix("r="), settings[2].hasPrefix("p="),
            let ln = Int(settings[0].dropFirst(3)), let r = Int(settings[1].dropFirst(2)), let p = Int(settings[2].dropFirst(2)),
            let cost = ScryptCost(ln: ln, r: r, p: p),
            let salt = Base64.standard.decode(parts[3]), salt.count >= 8,
            let hash = Base64.standard.decode(parts[4]), hash.count == 32
        else { return nil }
        self.init(cost: cost, salt: salt, hash: hash)
    }

    public var description: String {
        "$scrypt$ln=\(cost.ln),r=\(cost.r),p=\(cost.p)$\(Base64.standard.encode(salt))$\(Base64.standard.encode(hash))"
    }
}
