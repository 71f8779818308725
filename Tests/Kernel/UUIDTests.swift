import Kernel
import Testing

@Suite struct UUIDTests {
    @Test func `text goes out in lower case and comes in in either`() throws {
        let uuid = try #require(UUID("0190C5A4-7d3b-7c2e-9F00-2b6c1d4e5f60"))
        #expect(uuid.description == "0190c5a4-7d3b-7c2e-9f00-2b6c1d4e5f60")
        var bytes: [UInt8] = []
        uuid.write(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == uuid.description)
    }

    @Test(arguments: [
        "", "0190c5a4", "0190c5a47d3b7c2e9f002b6c1d4e5f60", "{0190c5a4-7d3b-7c2e-9f00-2b6c1d4e5f60}", "0190c5a4-7d3b-7c2e-9f00-2b6c1d4e5f6",
        "0190c5a4-7d3b-7c2e-9f00-2b6c1d4e5f600", "0190c5a4-7d3b-7c2e-9f00-2b6c1d4e5f6g", " 0190c5a4-7d3b-7c2e-9f00-2b6c1d4e5f60",
        "0190c5a4_7d3b-7c2e-9f00-2b6c1d4e5f60",
    ])
    func `anything but the 36 characters is refused`(text: String) { #expect(UUID(text) == nil) }

    @Test func `version 7 carries its millisecond and sorts by it`() {
        var random = SequenceGenerator()
        let early = UUID.v7(at: Timestamp(microseconds: 1_700_000_000_000_000), using: &random)
        let late = UUID.v7(at: Timestamp(microseconds: 1_700_000_000_001_000), using: &random)
        #expect(early < late)
        #expect(early.high >> 16 == 1_700_000_000_000)
        #expect(early.high >> 12 & 0xF == 7)
        #expect(early.low >> 62 == 0b10)
    }

    @Test func `version 4 is marked as such`() {
        var random = SequenceGenerator(state: .max)
        let uuid = UUID.v4(using: &random)
        #expect(uuid.high >> 12 & 0xF == 4)
        #expect(uuid.low >> 62 == 0b10)
    }
}

/// The same numbers in every run.
struct SequenceGenerator: RandomNumberGenerator {
    var state: UInt64 = 1

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}
