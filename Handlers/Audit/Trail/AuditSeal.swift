public import Kernel
public import Tokens

/// A link of the chain: it stands for a batch of entries in a fixed order, and for all seals before it.
public struct AuditSeal: Sendable, Hashable {
    /// From 1, without gaps.
    public var number: Int64
    /// The version of the key in ``hash``.
    public var keyID: Int
    /// The hash of the seal before; 32 zero bytes for the first.
    public var previousHash: [UInt8]
    /// Over the entries' hashes and their places.
    public var entriesHash: [UInt8]
    /// The place of its first entry in the whole log, from 1.
    public var firstPosition: Int64
    /// At least 1.
    public var entryCount: Int
    public var sealedAt: Timestamp
    /// HMAC-SHA256 over all of the above, under a key that the database does not have.
    public var hash: [UInt8]

    /// What the first seal names as the one before it.
    public static let beginning = [UInt8](repeating: 0, count: 32)

    /// A seal as it was stored.
    public init(
        number: Int64, keyID: Int, previousHash: [UInt8], entriesHash: [UInt8], firstPosition: Int64, entryCount: Int, sealedAt: Timestamp,
        hash: [UInt8]
    ) {
        self.number = number
        self.keyID = keyID
        self.previousHash = previousHash
        self.entriesHash = entriesHash
        self.firstPosition = firstPosition
        self.entryCount = entryCount
        self.sealedAt = sealedAt
        self.hash = hash
    }

    /// The seal that follows another one, nil for the first, over some entries' hashes in their order; made with the newest key.
    public init(after previous: AuditSeal?, entries: [Digest], of tenant: TenantID, at time: Timestamp, keys: SecretRing) {
        let first = (previous?.nextPosition) ?? 1
        self.init(
            number: (previous?.number ?? 0) &+ 1, keyID: keys.newest.id, previousHash: previous?.hash ?? Self.beginning,
            entriesHash: Self.hash(of: entries, from: first).bytes, firstPosition: first, entryCount: entries.count, sealedAt: time, hash: [])
        hash = mac(of: tenant, with: keys.newest).bytes
    }

    /// The place behind its last entry.
    public var nextPosition: Int64 { firstPosition &+ Int64(entryCount) }

    /// Whether its hash is its own, under the key that it names. False too where that key is no more.
    public func isAuthentic(of tenant: TenantID, keys: SecretRing) -> Bool {
        guard let key = keys[keyID], let stored = Digest(hash) else { return false }
        return mac(of: tenant, with: key) == stored
    }

    /// What ``entriesHash`` is for these entries.
    static func hash(of entries: [Digest], from position: Int64) -> Digest {
        var form = CanonicalForm("tenantry audit entries 1")
        form.add(position)
        for entry in entries { form.add(entry.bytes) }
        return SHA256.hash(form.bytes)
    }

    private func mac(of tenant: TenantID, with key: SecretRing.Version) -> Digest {
        var form = CanonicalForm("tenantry audit seal 1")
        form.add(tenant.uuid)
        form.add(number)
        form.add(Int64(keyID))
        form.add(previousHash)
        form.add(entriesHash)
        form.add(firstPosition)
        form.add(Int64(entryCount))
        form.add(sealedAt.microseconds)
        return HMACKey(key.bytes).authenticate(form.bytes)
    }
}
