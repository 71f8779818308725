public import Kernel
public import Tokens

/// Goes along a tenant's chain from its first seal and notes where it breaks. A value: what reads the rows stands elsewhere.
public struct ChainCheck: Sendable {
    /// A place of the log with what stands there.
    public struct Place: Sendable {
        public var position: Int64
        public var entryID: UUID
        /// As it was written down beside the place.
        public var entryHash: [UInt8]
        /// Nil where the entry is gone.
        public var entry: AuditEntry?

        public init(position: Int64, entryID: UUID, entryHash: [UInt8], entry: AuditEntry?) {
            self.position = position
            self.entryID = entryID
            self.entryHash = entryHash
            self.entry = entry
        }
    }

    /// A seal that somebody remembers from before.
    public struct Known: Sendable, Hashable {
        public var number: Int64
        public var hash: [UInt8]

        public init(number: Int64, hash: [UInt8]) {
            self.number = number
            self.hash = hash
        }
    }

    /// The most breaks that are noted; one is enough to know.
    public static let limit = 100

    public private(set) var breaks: [ChainBreak] = []
    public private(set) var seals = 0
    public private(set) var entries = 0
    /// The last seal so far.
    public private(set) var last: AuditSeal?

    private let tenant: TenantID
    private let keys: SecretRing
    private let known: Known?
    private var knownWasSeen = false

    /// A check from the beginning. `known` must be met on the way.
    public init(_ tenant: TenantID, keys: SecretRing, known: Known? = nil) {
        self.tenant = tenant
        self.keys = keys
        self.known = known
    }

    /// Looks at the next seal, and at what stands at its places, in their order.
    public mutating func take(_ seal: AuditSeal, places: [Place]) {
        let expected = (last?.number ?? 0) &+ 1
        if seal.number != expected { note(.init(.sealMissing, seal: expected)) }
        if seal.previousHash != last?.hash ?? AuditSeal.beginning || seal.firstPosition != last?.nextPosition ?? 1 {
            note(.init(.chainBroken, seal: seal.number))
        }
        if !seal.isAuthentic(of: tenant, keys: keys) { note(.init(.sealChanged, seal: seal.number)) }
        check(places, seal)
        if let known, known.number == seal.number { knownWasSeen = known.hash == seal.hash }
        seals += 1
        entries += places.count
        last = seal
    }

    /// Behind the last seal: places that no seal covers, and an entry in no batch though its time is long sealed.
    public mutating func end(firstUncovered: Int64?, inserted: [UUID]) {
        if let firstUncovered { note(.init(.sealsCut, position: firstUncovered)) }
        for entry in inserted { note(.init(.entryInserted, entry: entry)) }
        if let known, !knownWasSeen { note(.init(.endCut, seal: known.number)) }
    }

    private mutating func check(_ places: [Place], _ seal: AuditSeal) {
        var hashes: [Digest] = []
        hashes.reserveCapacity(places.count)
        var isSound = true
        for (index, place) in places.enumerated() {
            guard let written = Digest(place.entryHash), place.position == seal.firstPosition &+ Int64(index) else {
                isSound = false
                break
            }
            hashes.append(written)
            guard let entry = place.entry else {
                note(.init(.entryMissing, seal: seal.number, position: place.position, entry: place.entryID))
                continue
            }
            if entry.hash(of: tenant) != written {
                note(.init(.entryChanged, seal: seal.number, position: place.position, entry: place.entryID))
            }
        }
        if !isSound || places.count != seal.entryCount || AuditSeal.hash(of: hashes, from: seal.firstPosition).bytes != seal.entriesHash {
            note(.init(.orderChanged, seal: seal.number, position: seal.firstPosition))
        }
    }

    private mutating func note(_ fault: ChainBreak) {
        if breaks.count < Self.limit { breaks.append(fault) }
    }
}
