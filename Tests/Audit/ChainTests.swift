import AuditTrail
import Kernel
import Testing
import Tokens

/// That tampering shows, and where.
@Suite("The audit chain") struct ChainTests {
    private func kinds(_ breaks: [ChainBreak]) -> Set<ChainBreak.Kind> { Set(breaks.map(\.kind)) }

    @Test("asvs-42: a chain that nobody touched has no break, whatever the batches", arguments: [[], [1], [3, 1, 5], [500, 2]])
    func intact(batches: [Int]) throws {
        let keys = try Trail.keys(1)
        let trail = Trail(batches, keys: keys)
        #expect(trail.breaks(keys: keys).isEmpty)
        let head = trail.seals.last.map { ChainCheck.Known(number: $0.number, hash: $0.hash) }
        #expect(trail.breaks(keys: keys, known: head).isEmpty)
    }

    @Test("asvs-42: each field of an entry that changes is found, with its place")
    func changed() throws {
        let keys = try Trail.keys(1)
        let changes: [(String, (inout AuditEntry) -> Void)] = [
            ("id", { $0.id = .zero }), ("time", { $0.occurredAt = $0.occurredAt + .microseconds(1) }), ("user", { $0.user = .zero }),
            ("role", { $0.role = "viewer" }), ("session", { $0.session = .zero }), ("key", { $0.apiKey = .zero }),
            ("action", { $0.action = "thing.kept" }), ("target type", { $0.targetType = nil }), ("target", { $0.targetID = "9" }),
            ("handler", { $0.handler = "auth" }), ("address", { $0.address = "10.0.0.2" }), ("agent", { $0.userAgent = "" }),
            ("request", { $0.requestID = "r" }), ("details", { $0.details = "{}" }),
            // The same bytes with another border between two fields.
            ("borders", { ($0.address, $0.userAgent) = ("10.0.0.1t", "est") }),
        ]
        for (name, change) in changes {
            var trail = Trail([3, 3], keys: keys)
            guard var entry = trail.places[4].entry else { return }
            change(&entry)
            trail.places[4].entry = entry
            #expect(
                trail.breaks(keys: keys) == [ChainBreak(.entryChanged, seal: 2, position: 5, entry: trail.places[4].entryID)], "\(name)")
            // The hash beside the place is changed with it: then the seal tells.
            trail.places[4].entryHash = entry.hash(of: Trail.tenant).bytes
            #expect(trail.breaks(keys: keys) == [ChainBreak(.orderChanged, seal: 2, position: 4)], "\(name)")
        }
    }

    @Test("asvs-42: an entry that is deleted is found, alone and with its place")
    func deleted() throws {
        let keys = try Trail.keys(1)
        var trail = Trail([3, 3], keys: keys)
        let gone = trail.places[1]
        trail.places[1].entry = nil
        #expect(trail.breaks(keys: keys) == [ChainBreak(.entryMissing, seal: 1, position: 2, entry: gone.entryID)])
        trail.places.remove(at: 1)
        #expect(trail.breaks(keys: keys) == [ChainBreak(.orderChanged, seal: 1, position: 1)])
        for index in 1..<trail.places.count where trail.places[index].position < 4 { trail.places[index].position -= 1 }
        #expect(kinds(trail.breaks(keys: keys)) == [.orderChanged])
    }

    @Test("asvs-42: an entry that is put in, between others, behind the last seal or beside the chain, is found")
    func inserted() throws {
        let keys = try Trail.keys(1)
        let forged = Trail.entry(77)
        var trail = Trail([2, 2], keys: keys)
        trail.places[0] = .init(position: 1, entryID: forged.id, entryHash: forged.hash(of: Trail.tenant).bytes, entry: forged)
        #expect(kinds(trail.breaks(keys: keys)) == [.orderChanged])
        trail = Trail([2, 2], keys: keys)
        trail.places.append(.init(position: 5, entryID: forged.id, entryHash: forged.hash(of: Trail.tenant).bytes, entry: forged))
        #expect(trail.breaks(keys: keys) == [ChainBreak(.sealsCut, position: 5)])
        trail = Trail([2, 2], keys: keys)
        #expect(trail.breaks(keys: keys, inserted: [forged.id]) == [ChainBreak(.entryInserted, entry: forged.id)])
    }

    @Test("asvs-42: another order of entries or of seals is found")
    func reordered() throws {
        let keys = try Trail.keys(1)
        var trail = Trail([3], keys: keys)
        (trail.places[0].position, trail.places[1].position) = (2, 1)
        #expect(trail.breaks(keys: keys) == [ChainBreak(.orderChanged, seal: 1, position: 1)])
        trail = Trail([2, 2, 2], keys: keys)
        (trail.seals[1].number, trail.seals[2].number) = (3, 2)
        #expect(kinds(trail.breaks(keys: keys)).isSuperset(of: [.chainBroken, .sealChanged]))
    }

    @Test("asvs-42: a seal that is taken out or changed is found, in each field")
    func seals() throws {
        let keys = try Trail.keys(1)
        var trail = Trail([2, 2, 2], keys: keys)
        trail.seals.remove(at: 1)
        #expect(kinds(trail.breaks(keys: keys)) == [.sealMissing, .chainBroken])
        let changes: [(inout AuditSeal) -> Void] = [
            { $0.keyID = 2 }, { $0.previousHash[0] ^= 1 }, { $0.entriesHash[31] ^= 1 }, { $0.firstPosition += 1 }, { $0.entryCount = 1 },
            { $0.sealedAt = $0.sealedAt + .microseconds(1) }, { $0.hash[0] ^= 1 }, { $0.hash = [] }, { $0.firstPosition = .max },
        ]
        for change in changes {
            var trail = Trail([2, 2], keys: keys)
            change(&trail.seals[1])
            #expect(kinds(trail.breaks(keys: keys)).contains(.sealChanged))
        }
    }

    @Test("asvs-42: an end that is cut off cleanly is found by whoever remembers the newest seal, and only so")
    func cut() throws {
        let keys = try Trail.keys(1)
        var trail = Trail([2, 2, 2], keys: keys)
        let known = ChainCheck.Known(number: 3, hash: trail.seals[2].hash)
        trail.seals.removeLast()
        #expect(kinds(trail.breaks(keys: keys)) == [.sealsCut])
        trail.places.removeLast(2)
        #expect(trail.breaks(keys: keys).isEmpty)
        #expect(trail.breaks(keys: keys, known: known) == [ChainBreak(.endCut, seal: 3)])
        // And the log goes on behind the cut.
        trail.seal(1, keys: keys)
        #expect(trail.breaks(keys: keys, known: known) == [ChainBreak(.endCut, seal: 3)])
    }

    @Test("asvs-42: whoever rewrites all of it without the key is found, and another tenant's chain is no chain of this one")
    func rewritten() throws {
        let keys = try Trail.keys(1)
        let forger = try SecretRing([.init(id: 1, bytes: [UInt8](repeating: 9, count: 32))])
        #expect(kinds(Trail([2, 2], keys: forger).breaks(keys: keys)) == [.sealChanged])
        let other = TenantID(UUID(high: 3, low: 4))
        #expect(kinds(Trail([2], keys: keys).breaks(keys: keys, tenant: other)).contains(.sealChanged))
    }

    @Test("a chain goes on under a new version of the key, and breaks where an old one is no more")
    func rotation() throws {
        let first = try Trail.keys(1)
        var trail = Trail([2], keys: first)
        let second = try Trail.keys(2, 1)
        trail.seal(2, keys: second)
        #expect(trail.seals.map(\.keyID) == [1, 2])
        #expect(trail.breaks(keys: second).isEmpty)
        #expect(trail.breaks(keys: try Trail.keys(2)) == [ChainBreak(.sealChanged, seal: 1)])
    }
}
