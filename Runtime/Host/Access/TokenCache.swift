import Kernel
import Tokens

/// Tokens whose signature was checked, until they expire. Bounded: a full half is forgotten as a whole, so an entry in use survives.
///
/// The key is a hash of the token, so that the memory of the gateway holds no credentials.
struct TokenCache<Key: Hashable> {
    private var young: [Key: AccessClaims] = [:]
    private var old: [Key: AccessClaims] = [:]
    private let half: Int

    /// Keeps at least half of that many, and never more.
    init(limit: Int) { half = max(1, limit / 2) }

    var count: Int { young.count + old.count }

    /// The claims of a token that was checked before and has not expired.
    mutating func claims(_ key: Key, at now: Timestamp) -> AccessClaims? {
        if let found = young[key] { return found.expiresAt > now ? found : nil }
        guard let found = old.removeValue(forKey: key), found.expiresAt > now else { return nil }
        insert(found, for: key)
        return found
    }

    mutating func insert(_ claims: AccessClaims, for key: Key) {
        if young.count >= half {
            old = young
            young = [:]
        }
        young[key] = claims
    }
}
