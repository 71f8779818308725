import Glibc
import Kernel
import TableFiles
import TableSupport
import Testing

/// Files that are cut, mixed and bent at random: each ends in an answer or an error of the file, whatever the bytes.
///
/// `TENANTRY_FUZZ_ROUNDS` sets how many (default 300 of each kind), `TENANTRY_FUZZ_SEED` which.
@Suite struct FuzzTests {
    private static let rounds = number("TENANTRY_FUZZ_ROUNDS") ?? 300
    private static let seed = UInt64(number("TENANTRY_FUZZ_SEED") ?? 47)

    private static func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

    @Test("pitfall 47: bent JSON", arguments: [rounds])
    func json(rounds: Int) {
        let text = #"{"n": 1, "list": [{"a": "xü\u00e4", "b": {"c": [1, 2.5e-3, null]}}, {"a": true, "d": "\ud83d\ude00"}], "end": {}}"#
        Self.bend(Array(text.utf8), "a.json", rounds, seed: Self.seed)
        Self.bend(Array("{\"a\": 1}\n{\"a\": 2, \"b\": \"x\"}\n".utf8), "a.json", rounds, seed: Self.seed + 1)
    }

    @Test("pitfall 47: bent sheets", arguments: [rounds])
    func sheets(rounds: Int) {
        let rows =
            "<row r='2'><c r='B2' t='s'><v>1</v></c><c r='C2' s='1'><v>45322.5</v></c></row><row r='9'><c r='A9' t='inlineStr'><is><t>x</t></is></c></row>"
        var random = Seeded(Self.seed + 2)
        for _ in 0..<rounds {
            let bent = String(decoding: Self.bent(Array(rows.utf8), &random), as: UTF8.self)
            Self.check(SheetXML.book(bent, strings: ["<t>a</t>", "<t>b</t>"], formats: ["yyyy"]), "a.xlsx")
        }
    }

    @Test("pitfall 47: bent archives", arguments: [rounds])
    func archives(rounds: Int) {
        let book = SheetXML.book("<row><c t='str'><v>x</v></c></row>")
        Self.bend(book, "a.xlsx", rounds, seed: Self.seed + 3)
        Self.bend(Deflate.gzip(Array("[{\"a\": 1}]".utf8)), "a.json.gz", rounds, seed: Self.seed + 4)
    }

    private static func bend(_ bytes: [UInt8], _ name: String, _ rounds: Int, seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<rounds { check(bent(bytes, &random), name) }
    }

    private static func bent(_ bytes: [UInt8], _ random: inout Seeded) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0..<4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let length = min(Int.random(in: 1..<20, using: &random), bytes.count - place)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.removeSubrange(place..<place + length)
            case 3: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: Int.random(in: 0...bytes.count, using: &random))
            case 4: bytes.removeLast(bytes.count - place)
            default: for index in place..<place + length { bytes[index] = [0x00, 0xFF, 0x22, 0x5B, 0x7B, 0x3C].randomElement(using: &random) ?? 0 }
            }
        }
        return bytes
    }

    private static func check(_ bytes: [UInt8], _ name: String) {
        do {
            var given = 0
            let answer = try TableFileInspection.run(
                size: bytes.count, choice: .init(name: name),
                read: { (range) throws(AppError) in Array(bytes[range.clamped(to: 0..<bytes.count)]) },
                text: { (piece) throws(AppError) in given += piece.count })
            #expect(given <= bytes.count)
            if let answer { _ = try JSONReader(maximumBytes: 128 << 20, allowsNUL: true).read(answer) }
        } catch {
            #expect(error.code == .unprocessableFile || error.code == .unsupportedMedia, "\(error) of \(bytes)")
        }
    }
}

/// Random numbers of a seed: SplitMix64 (Steele, Lea, Flood 2014).
private struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
