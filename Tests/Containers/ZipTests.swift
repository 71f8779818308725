import Containers
import Kernel
import TableSupport
import Testing

@Suite struct ZipTests {
    /// All files of an archive by their names.
    private static func unpack(_ bytes: [UInt8], limits: ContainerLimits = ContainerLimits()) throws(AppError) -> [String: [UInt8]] {
        var directory = ZipDirectory(size: bytes.count, limits: limits)
        while let range = directory.wanted { try directory.supply(Array(bytes[range.clamped(to: 0..<bytes.count)])) }
        var files: [String: [UInt8]] = [:]
        for entry in directory.entries {
            var reader = try ZipFileReader(entry, limits: limits)
            var content: [UInt8] = []
            reading: while true {
                switch try reader.next() {
                case .read(let range): try reader.supply(Array(bytes[range.clamped(to: 0..<bytes.count)]))
                case .bytes(let piece): content += piece
                case .end: break reading
                }
            }
            files[entry.name] = content
        }
        return files
    }

    private static func failure(_ bytes: [UInt8], limits: ContainerLimits = ContainerLimits()) -> String? {
        do { _ = try unpack(bytes, limits: limits) } catch { return error.code == .unprocessableFile ? error.message : "wrong code" }
        return nil
    }

    private static let text = Array((0..<60_000).map { "row \($0 &* 7919 % 10_007)\n" }.joined().utf8)

    @Test func unpacks() throws {
        var zip = ZipBuilder()
        zip.add("folder\\data.csv", Self.text)
        zip.add("/stored.csv", Self.text, .stored)
        zip.add("empty", [], .stored)
        zip.add("nothing", [])
        let files = try Self.unpack(zip.finished())
        #expect(files == ["folder/data.csv": Self.text, "stored.csv": Self.text, "empty": [], "nothing": []])
    }

    @Test func somethingStandsInFront() throws {
        var zip = ZipBuilder(behind: Array("#!/bin/sh\n".utf8))
        zip.add("a", Self.text)
        #expect(try Self.unpack(zip.finished()) == ["a": Self.text])
    }

    @Test(arguments: [1, 20, 21, 22, 60, 400])
    func cutArchivesAreRefused(missing: Int) {
        var zip = ZipBuilder()
        zip.add("a", Self.text)
        #expect(Self.failure(Array(zip.finished().dropLast(missing)))?.contains("is it a part of a file?") == true)
        #expect(Self.failure([]) != nil)
    }

    @Test func liesOfTheDirectoryAreFound() {
        var zip = ZipBuilder()
        zip.add("a", Self.text, claimedChecksum: 7)
        #expect(Self.failure(zip.finished())?.contains("its checksum is wrong") == true)
        zip = ZipBuilder()
        zip.add("a", Self.text, claimedSize: 100)
        #expect(Self.failure(zip.finished())?.contains("longer than the archive's directory says") == true)
        zip = ZipBuilder()
        zip.add("a", Self.text, flags: 1)
        #expect(Self.failure(zip.finished()) == "a in the zip archive is encrypted; expected a file without a password")
        zip = ZipBuilder()
        zip.add("a", Self.text)
        #expect(Self.failure(zip.finished(claimedCount: 2))?.contains("directory is damaged there") == true)
    }

    @Test("pitfall 47, asvs-37: zip bombs are refused by what their directory says, and by what they unpack to")
    func bombs() {
        var limits = ContainerLimits()
        limits.freeBytes = 1 << 20
        let zeros = [UInt8](repeating: 0, count: 8 << 20)
        var zip = ZipBuilder()
        zip.add("a", zeros)
        #expect(Self.failure(zip.finished(), limits: limits)?.contains("more than 250 times its size") == true)
        zip = ZipBuilder()
        zip.add("a", zeros, claimedSize: 1000)
        #expect(Self.failure(zip.finished(), limits: limits)?.contains("longer than the archive's directory says") == true)
        limits.entries = 3
        zip = ZipBuilder()
        for index in 0..<4 { zip.add("\(index)", Array("x".utf8)) }
        #expect(Self.failure(zip.finished(), limits: limits) == "the zip archive holds 4 files; at most 3 are read")
    }

    @Test("pitfall 47: archives with flipped bytes end in an answer")
    func flips() {
        var zip = ZipBuilder()
        zip.add("data.csv", Array(Self.text.prefix(3000)))
        zip.add("stored", Array(Self.text.prefix(300)), .stored)
        let bytes = zip.finished()
        var wrong = 0
        for place in bytes.indices {
            for bit in [0, 3, 7] {
                var flipped = bytes
                flipped[place] ^= 1 << UInt8(bit)
                if Self.failure(flipped) == "wrong code" { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }
}
