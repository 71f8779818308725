import Kernel
import Testing

@testable import Tokens

@Suite("Tenants' seals") struct TenantSealTests {
    private static let one = TenantID(UUID(high: 0, low: 1))
    private static let two = TenantID(UUID(high: 0, low: 2))

    private func ring(_ ids: Int...) throws -> SecretRing {
        try SecretRing(ids.map { .init(id: $0, bytes: [UInt8](repeating: UInt8($0), count: 32)) })
    }

    @Test("what is sealed opens for its tenant and purpose alone, and is 33 bytes longer") func seals() throws {
        let seal = try TenantSeal(try ring(1), tenant: Self.one)
        let sealed = try seal.seal([1, 2, 3], for: "a")
        #expect(sealed.count == 36)
        #expect(try seal.open(sealed, for: "a") == [1, 2, 3])
        #expect(try seal.seal([1, 2, 3], for: "a") != sealed)
        #expect(throws: AppError.self) { try seal.open(sealed, for: "b") }
        #expect(throws: AppError.self) { try TenantSeal(try ring(1), tenant: Self.two).open(sealed, for: "a") }
        #expect(throws: AppError.self) { try TenantSeal(try ring(2), tenant: Self.one).open(sealed, for: "a") }
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: AppError.self) { try seal.open(changed, for: "a") }
        }
        for count in sealed.indices { #expect(throws: AppError.self) { try seal.open(Array(sealed.prefix(count)), for: "a") } }
    }

    @Test("the version that sealed stands in front; older ones open what they sealed as long as they are there") func rotation() throws {
        let old = try TenantSeal(try ring(1), tenant: Self.one)
        let new = try TenantSeal(try ring(2, 1), tenant: Self.one)
        let sealed = try old.seal([7], for: "a")
        #expect(Array(sealed.prefix(5)) == [1, 0, 0, 0, 1])
        #expect(try Array(new.seal([7], for: "a").prefix(5)) == [1, 0, 0, 0, 2])
        #expect(try new.open(sealed, for: "a") == [7])
        #expect(new.needsResealing(sealed))
        #expect(try !new.needsResealing(new.seal([7], for: "a")))
        #expect(throws: AppError.self) { try TenantSeal(try ring(2), tenant: Self.one).open(sealed, for: "a") }
    }

    @Test("what a secret of the installation sealed is told apart") func forms() throws {
        let other = try SealingRing(try ring(1)).seal([7], for: [])
        #expect(!TenantSeal.isSealed(other) && !TenantSeal.isSealed([]))
        let seal = try TenantSeal(try ring(1), tenant: Self.one)
        #expect(throws: AppError.self) { try seal.open(other, for: "") }
        #expect(seal.needsResealing(other))
    }

    @Test("the secret that wraps data keys is none that a manifest can name") func wrapping() throws {
        let now = Timestamp(seconds: 1_772_352_000)
        let master = MasterSecret(at: now)
        let bytes = try master.dataKeyRing(at: now).newest.bytes
        for name in SecretName.allCases where name != .signingKeys { #expect(try master.ring(of: name, at: now).newest.bytes != bytes) }
    }
}
