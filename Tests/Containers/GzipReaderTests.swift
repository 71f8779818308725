import Containers
import Kernel
import TableSupport
import Testing

@Suite struct GzipReaderTests {
    private static func unpack(_ bytes: [UInt8], pieces: Int, limits: ContainerLimits = ContainerLimits()) throws(AppError) -> [UInt8] {
        var reader = GzipReader(limits: limits)
        var unpacked: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            reader.feed(Array(bytes[start..<min(start + pieces, bytes.count)]))
            while let piece = try reader.next() { unpacked += piece }
        }
        try reader.finish()
        return unpacked
    }

    private static func failure(_ bytes: [UInt8], limits: ContainerLimits = ContainerLimits()) -> String? {
        do { _ = try unpack(bytes, pieces: 1 << 16, limits: limits) } catch { return error.code == .unprocessableFile ? error.message : "wrong code" }
        return nil
    }

    private static let text = Array((0..<40_000).map { "row \($0)\n" }.joined().utf8)

    @Test(arguments: [1, 7, 1000, 1 << 20])
    func unpacksWhateverThePieces(pieces: Int) throws {
        let small = Array("a,b\n1,2\n".utf8)
        let bytes = pieces == 1 ? small : Self.text
        #expect(try Self.unpack(Deflate.gzip(bytes), pieces: pieces) == bytes)
        // Two members, one behind the other, and zeros that fill up.
        #expect(try Self.unpack(Deflate.gzip(bytes) + Deflate.gzip(small) + [0, 0, 0], pieces: pieces) == bytes + small)
    }

    @Test func damageIsNamedByItsByte() {
        let packed = Deflate.gzip(Self.text)
        #expect(Self.failure(Array(packed.dropLast(9))) == "the gzip file ends before its data does; is it a part of a file?")
        #expect(Self.failure([]) == "the gzip file ends before its data does; is it a part of a file?")
        #expect(Self.failure(packed + Array("x".utf8))?.hasPrefix("Byte \(packed.count): the gzip file goes on behind its end") == true)
        var flipped = packed
        flipped[packed.count - 6] ^= 1
        #expect(Self.failure(flipped)?.hasSuffix("the gzip file is damaged there") == true)
    }

    @Test("pitfall 47, asvs-37: a gzip bomb ends at the ratio, long before it is unpacked")
    func bomb() {
        var limits = ContainerLimits()
        limits.freeBytes = 1 << 20
        let bomb = Deflate.gzip([UInt8](repeating: 0, count: 8 << 20))
        #expect(Self.failure(bomb, limits: limits)?.contains("more than 250 times its size") == true)
        limits.ratio = 10_000
        limits.unpackedBytes = 2 << 20
        #expect(Self.failure(bomb, limits: limits)?.contains("more than 2097152 bytes") == true)
    }
}
