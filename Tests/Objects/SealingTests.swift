import Kernel
import Testing
import Tokens

@testable import Objects

/// The sealed form of objects, as a pure value.
@Suite("Sealed objects") struct SealingTests {
    private let chunk = SealedLayout.chunk

    private func seal(_ bytes: [UInt8], _ place: ObjectPlace, keys: SecretRing, pieces: Int = 70_001) throws -> (
        sealed: [UInt8], record: ObjectRecord
    ) {
        var sealer = try ObjectSealer(place, keys: keys, salt: World.bytes(32))
        var sealed: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            sealed += try sealer.seal(Array(bytes[start..<min(start + pieces, bytes.count)]))
        }
        let end = try sealer.finish(at: Timestamp(seconds: 7))
        return (sealed + end.sealed, end.record)
    }

    private func open(_ sealed: [UInt8], _ place: ObjectPlace, keys: SecretRing) throws -> [UInt8] {
        let (footer, cipher) = try ObjectFooter.open(Array(sealed.suffix(SealedLayout.footer)), of: place, keys: keys)
        guard SealedLayout.sealed(footer.size) == sealed.count else { throw ObjectFooter.damaged(place, "length") }
        return try cipher.open(Array(sealed.dropLast(SealedLayout.footer)), from: 0, size: footer.size)
    }

    @Test(
        "every length comes back, whatever the pieces",
        arguments: [0, 1, 15, 65_535, 65_536, 65_537, 131_071, 131_072, 131_073, 200_000], [1000, 65_536, 300_000])
    func lengths(size: Int, pieces: Int) throws {
        let (place, keys) = (try World.place("a/b"), try World.keys(2, 1))
        let bytes = World.bytes(size)
        let (sealed, record) = try seal(bytes, place, keys: keys, pieces: pieces)
        #expect(sealed.count == SealedLayout.sealed(size))
        #expect(SealedLayout.size(ofSealed: sealed.count) == size)
        #expect(record.size == size && record.sha256 == SHA256.hash(bytes).bytes && record.madeAt == Timestamp(seconds: 7))
        #expect(try open(sealed, place, keys: keys) == bytes)
    }

    @Test("no plain byte shows in the sealed form") func hidden() throws {
        let bytes = Array("a sentence that nobody else may read".utf8)
        let (sealed, _) = try seal(bytes, try World.place("a"), keys: try World.keys(1))
        for start in 0...(sealed.count - 8) { #expect(!bytes.starts(with: sealed[start..<start + 8])) }
    }

    @Test("a bit that flips anywhere is found") func flips() throws {
        let (place, keys) = (try World.place("a"), try World.keys(1))
        let (short, _) = try seal(World.bytes(100), place, keys: keys)
        let (long, _) = try seal(World.bytes(200_000), place, keys: keys)
        for (sealed, step) in [(short, 1), (long, 1009)] {
            for position in stride(from: 0, to: sealed.count, by: step) {
                var changed = sealed
                changed[position] ^= UInt8(1 << (position % 8))
                #expect(throws: AppError.self, "\(position)") { try open(changed, place, keys: keys) }
            }
        }
    }

    @Test("what is cut off, left out, doubled or moved is found") func torn() throws {
        let (place, keys) = (try World.place("a"), try World.keys(1))
        let (sealed, _) = try seal(World.bytes(3 * chunk + 5), place, keys: keys)
        let footer = Array(sealed.suffix(SealedLayout.footer))
        let chunks = (0..<4).map { Array(sealed[SealedLayout.place(of: $0..<$0 + 1, in: 3 * chunk + 5)]) }
        #expect(chunks.flatMap { $0 } + footer == sealed)
        for cut in [1, 16, footer.count, footer.count + 1, footer.count + 21, sealed.count - 1] {
            #expect(throws: AppError.self, "\(cut)") { try open(Array(sealed.dropLast(cut)), place, keys: keys) }
        }
        let orders = [[0, 1, 2], [1, 0, 2, 3], [0, 1, 3], [0, 0, 1, 2, 3], [0, 2, 1, 3], [0, 1, 2, 2], [3, 1, 2, 0]]
        for order in orders {
            #expect(throws: AppError.self, "\(order)") { try open(order.flatMap { chunks[$0] } + footer, place, keys: keys) }
        }
    }

    @Test("what was sealed opens at its own place alone: not for another name, handler or tenant, and not with another key") func places() throws {
        let keys = try World.keys(1)
        let (sealed, _) = try seal(World.bytes(10), try World.place("a"), keys: keys)
        let others = [
            try World.place("b"), try World.place("a", handler: "mail"), try World.place("a", tenant: World.other),
        ]
        for other in others { #expect(throws: AppError.self) { try open(sealed, other, keys: keys) } }
        let wrong = try SecretRing([.init(id: 1, bytes: World.bytes(32))])
        #expect(throws: AppError.self) { try open(sealed, try World.place("a"), keys: wrong) }
        #expect(throws: AppError.self) { try open(sealed, try World.place("a"), keys: try World.keys(2)) }
        // A key that was rotated still opens what it sealed.
        #expect(try open(sealed, try World.place("a"), keys: try World.keys(2, 1)) == World.bytes(10))
    }

    @Test("two objects of one name and the same bytes share no chunk") func fresh() throws {
        let (place, keys) = (try World.place("a"), try World.keys(1))
        var forms: Set<[UInt8]> = []
        for seed in 0..<20 {
            var sealer = try ObjectSealer(place, keys: keys, salt: Array(repeating: UInt8(seed), count: 32))
            _ = try sealer.seal(World.bytes(100))
            forms.insert(Array(try sealer.finish(at: Timestamp(seconds: 0)).sealed.prefix(100)))
        }
        #expect(forms.count == 20)
    }

    @Test("a length that no sealed form has is none") func noLength() {
        for length in [-1, 0, SealedLayout.footer, SealedLayout.footer + 15, SealedLayout.sealed(chunk) + 1, SealedLayout.sealed(chunk) + 16] {
            #expect(SealedLayout.size(ofSealed: length) == nil, "\(length)")
        }
    }

    @Test(
        "names that lead elsewhere are none",
        arguments: [
            "", ".", "..", "../a", "a/..", "a/../b", "/a", "a/", "a//b", "a/./b", "a b", "a+b", "a\\b", "a\0b", "ä", "a%2Fb", "a\nb", "*", "~",
            String(repeating: "a", count: 201),
        ])
    func badNames(name: String) {
        #expect(throws: AppError.self) { try World.place(name) }
    }

    @Test("names of the usual kind are names", arguments: ["a", "a.b-c_D/0", "...", "a/.b", "..a", String(repeating: "a", count: 200)])
    func names(name: String) throws { #expect(try World.place(name).name == name) }
}
