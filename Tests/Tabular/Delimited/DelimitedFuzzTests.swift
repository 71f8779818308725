import Kernel
import Tabular
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Files that nobody wrote: whatever the bytes are, they are read or refused, and the same in whatever pieces they come.
@Suite struct DelimitedFuzzTests {
    private static let seeds: [String] = [
        "a,b,c\n1,\"x, y\",3\n4,5,6\n", "Titel;;\n;;\nTag;Wert;Ort\n01.02.2020;1,5;Köln\nSumme;1,5;\n", "x\ty\n1\t2\n\n# note\nA\tB\n3\t4\n",
        "\u{FEFF}n|'q'|\\\"\r\n1|'a|b'|\"c\\\"d\"\r\n",
    ]
    private static let spice: [[UInt8]] = [
        [0x22], [0x27], [0x2C], [0x3B], [0x09], [0x0A], [0x0D], [0x0D, 0x0A], [0x00], [0xFF, 0xFE], [0xEF, 0xBB, 0xBF], [0x5C], [0x23], [0xE9],
        [0x81],
        [0x22, 0x22], [0x20], [0x1B, 0x24, 0x42], [0x0A, 0x0A],
    ]

    /// Files of each seed; `TENANTRY_FUZZ_ROUNDS` says otherwise, default 40.
    private static let rounds = getenv("TENANTRY_FUZZ_ROUNDS").flatMap { Int(String(cString: $0)) } ?? 40

    @Test(arguments: 0..<8) func anyBytesAreReadOrRefused(seed: Int) {
        var random = SplitMix(UInt64(seed))
        for _ in 0..<Self.rounds {
            var bytes = Array(Self.seeds[random.below(Self.seeds.count)].utf8)
            if random.below(3) == 0 { for _ in 0..<random.below(5) { bytes += bytes.prefix(2000) } }
            for _ in 0..<(1 + random.below(12)) {
                let place = random.below(bytes.count + 1)
                switch random.below(4) {
                case 0: bytes.insert(contentsOf: Self.spice[random.below(Self.spice.count)], at: place)
                case 1: if place < bytes.count { bytes[place] = UInt8(random.below(256)) }
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + random.below(9)))
                default: bytes.insert(contentsOf: bytes[min(place, bytes.count)..<min(bytes.count, place + random.below(30))], at: place)
                }
            }
            let whole = Self.outcome(bytes, 1 << 20)
            #expect(whole == Self.outcome(bytes, 1 + random.below(20)), "\(bytes)")
        }
    }

    /// The rows, or the refusal.
    private static func outcome(_ bytes: [UInt8], _ pieces: Int) -> [[String]] {
        do {
            return try ReadDelimited(bytes: bytes, pieces: pieces).all
        } catch {
            return [[error.message]]
        }
    }
}
