import Kernel
import Testing

@testable import Tokens

@Suite struct SecretTests {
    static let now = Timestamp(seconds: 1_772_352_000)

    @Test func `a named secret is the same each time, and each name has its own`() throws {
        let master = MasterSecret(at: Self.now)
        let names = SecretName.allCases.filter { $0 != .signingKeys }
        let secrets = try names.map { try master.ring(of: $0, at: Self.now).newest.bytes }
        #expect(Set(secrets).count == names.count)
        #expect(try names.map { try master.ring(of: $0, at: Self.now + .seconds(9)).newest.bytes } == secrets)
        let kept = try MasterSecret(json: JSON.encode(master))
        #expect(try names.map { try kept.ring(of: $0, at: Self.now).newest.bytes } == secrets)
        #expect(try MasterSecret(at: Self.now).ring(of: .mail, at: Self.now).newest.bytes != master.ring(of: .mail, at: Self.now).newest.bytes)
    }

    @Test func `a new version is known at once and used a minute later`() throws {
        var master = MasterSecret(at: Self.now)
        let later = Self.now + .seconds(1000)
        #expect(master.rotate(at: later) == 2)
        #expect(try master.ring(of: .mail, at: later + .milliseconds(59_999)).all.map(\.id) == [1, 2])
        #expect(try master.ring(of: .mail, at: later + MasterSecret.settling).all.map(\.id) == [2, 1])
        #expect(master.used(at: later) == 1)
        #expect(master.used(at: later + .seconds(60)) == 2)
    }

    @Test func `the version in use cannot be dropped`() throws {
        var master = MasterSecret(at: Self.now)
        let later = Self.now + .seconds(1000)
        _ = master.rotate(at: later)
        #expect(throws: AppError.self) { try master.retire(1, at: later) }
        #expect(throws: AppError.self) { try master.retire(3, at: later) }
        try master.retire(1, at: later + .seconds(60))
        #expect(try master.ring(of: .mail, at: later + .seconds(60)).all.map(\.id) == [2])
    }

    @Test(arguments: ["", "{}", "[]", #"{"versions":[]}"#, #"{"versions":[{"id":1,"created_at":"2026-01-01T00:00:00Z","secret":"AAAA"}]}"#])
    func `a file that holds no master secret is refused`(text: String) {
        let error = #expect(throws: AppError.self) { try MasterSecret(json: Array(text.utf8)) }
        #expect(error?.code == .internalError)
    }

    @Test func `a ring reads back as a handler is given it`() throws {
        let ring = try SecretRing([.init(id: 7, bytes: [UInt8](0..<32)), .init(id: 300, bytes: [UInt8](32..<64))])
        let read = try SecretRing(ring.encoded)
        #expect(read.newest.id == 7)
        #expect(read[300]?.bytes == [UInt8](32..<64))
        #expect(read[8] == nil)
        #expect("\(read)" == "SecretRing(7, 300)")
        for bytes in [[], Array(ring.encoded.dropLast()), ring.encoded + ring.encoded, [0, 0, 0, 0] + [UInt8](0..<32)] {
            #expect(throws: AppError.self) { try SecretRing(bytes) }
        }
    }

    @Test func `what an older version sealed opens, and is sealed anew with the newest`() throws {
        let old = SecretRing.Version(id: 1, bytes: [UInt8](0..<32))
        let new = SecretRing.Version(id: 2, bytes: [UInt8](32..<64))
        let sealed = try SealingRing(SecretRing([old])).seal([1, 2, 3], for: [9])
        let ring = try SealingRing(SecretRing([new, old]))
        #expect(sealed.count == 3 + 32)
        #expect(try ring.open(sealed, for: [9]) == [1, 2, 3])
        #expect(ring.needsResealing(sealed))
        #expect(!ring.needsResealing(try ring.seal([1], for: [9])))
        #expect(throws: AppError.self) { try ring.open(sealed, for: [8]) }
        #expect(throws: AppError.self) { try SealingRing(SecretRing([new])).open(sealed, for: [9]) }
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            let error = #expect(throws: AppError.self) { try ring.open(changed, for: [9]) }
            #expect(error?.code == .forbidden)
        }
        #expect(throws: AppError.self) { try ring.open([], for: [9]) }
    }
}
