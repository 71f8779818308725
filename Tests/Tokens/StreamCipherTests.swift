import Kernel
import Testing

@testable import Tokens

@Suite("Stream cipher") struct StreamCipherTests {
    private let key = (0..<32).map { UInt8($0) }

    private func seal(_ bytes: [UInt8], _ number: UInt32, _ mark: StreamCipher.Mark) throws -> [UInt8] {
        let cipher = try StreamCipher(key)
        var sealed: [UInt8] = [9]
        try cipher.seal(bytes[...], number: number, mark, to: &sealed)
        #expect(sealed.first == 9)
        return Array(sealed.dropFirst())
    }

    private func open(_ sealed: [UInt8], _ number: UInt32, _ mark: StreamCipher.Mark) throws -> [UInt8] {
        let cipher = try StreamCipher(key)
        var plain: [UInt8] = [9]
        do {
            try cipher.open(sealed[...], number: number, mark, to: &plain)
        } catch {
            #expect(plain == [9])
            throw error
        }
        return Array(plain.dropFirst())
    }

    @Test("a chunk is AES-256-GCM under seven zero bytes, its number and its mark", arguments: [0, 1, 16, 100, 65_536]) func form(count: Int) throws {
        let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for (number, mark) in [(0, .inner), (1, .last), (0x0102_0304, .footer), (.max, .last)] as [(UInt32, StreamCipher.Mark)] {
            let nonce = [UInt8](repeating: 0, count: 7) + withUnsafeBytes(of: number.bigEndian) { Array($0) } + [mark.rawValue]
            // The other form has its nonce in front.
            #expect(try seal(plain, number, mark) == Array(try SealingKey(key).seal(plain, for: [], nonce: nonce).dropFirst(12)))
            #expect(try open(try seal(plain, number, mark), number, mark) == plain)
        }
    }

    @Test("a chunk opens under its own number and mark alone, unchanged and whole") func others() throws {
        let sealed = try seal([1, 2, 3], 5, .inner)
        #expect(throws: AppError.self) { try open(sealed, 6, .inner) }
        #expect(throws: AppError.self) { try open(sealed, 5, .last) }
        #expect(throws: AppError.self) { try open(Array(sealed.dropLast()), 5, .inner) }
        #expect(throws: AppError.self) { try open([], 5, .inner) }
        for position in sealed.indices {
            var changed = sealed
            changed[position] ^= 1
            #expect(throws: AppError.self) { try open(changed, 5, .inner) }
        }
        #expect(throws: AppError.self) { _ = try StreamCipher([1]) }
    }

    /// FIPS 180-4's own example.
    @Test("SHA-1 of abc, in one piece and in three") func sha1() {
        var hash = SHA1()
        for byte in "abc".utf8 { hash.update([byte]) }
        #expect(Hex.encode(hash.finalize()) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(Hex.encode(SHA1().finalize()) == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    }
}
