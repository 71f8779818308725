import Testing

@testable import Tabular

@Suite struct NumberCellTests {
    private static func read(_ text: String) -> Double? {
        var text = text
        return text.withUTF8 { NumberCell.parse($0.baseAddress!, $0.count) }
    }

    @Test(arguments: [
        "0", "-0", "1", "+1", "-1", "007", "1.5", ".5", "5.", "-.25", "1e5", "1E-5", "1.25e+10", "0e-25", "0.000", "9007199254740993",
        "9007199254740992.5",
        "18446744073709551615", "99999999999999999999", "0.1", "0.30000000000000004", "123456789012345678", "0.8444218515250481",
        "2.2250738585072014e-308",
        "1e300", "5e-324", "9007199254740993e-3", "1844674407370955161.5", "0.1234567890123456789", "1e22", "1e23", "123e-27",
        "9e-27",
        "0000000000000000000000001.5", "179769313486231580793728971405301e260",
    ])
    func readsAsTheStandardLibraryDoes(text: String) throws {
        let expected = try #require(Double(text))
        #expect(Self.read(text) == expected)
    }

    @Test(arguments: [
        "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "1,5", "1 000", "0x10", "nan", "inf", "-inf", "infinity", "1e999", "1.1e300", "-1e999", "1_000",
        "１", "1-",
        "--1", "1e5.5",
        "$5", "5%",
    ])
    func refuses(text: String) { #expect(Self.read(text) == nil) }

    @Test func everyKindOfDigitStringIsRoundedCorrectly() throws {
        var state: UInt64 = 42
        func random() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        for round in 0..<20_000 {
            let mantissa = random() >> UInt64(round % 64)
            let text = "\(mantissa)"
            let point = Int(random() % UInt64(text.count + 1))
            let fraction = text.dropFirst(point)
            let cell = "\(text.prefix(point)).\(String(repeating: "0", count: Int(random() % 8)))\(fraction)"
            guard cell != "." else { continue }
            let expected = try #require(Double(cell.hasPrefix(".") ? "0\(cell)" : cell.hasSuffix(".") ? "\(cell)0" : cell), "\(cell)")
            #expect(Self.read(cell) == expected, "\(cell)")
        }
    }

    @Test func printedDoublesComeBack() {
        var state: UInt64 = 7
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: state)
            guard value.magnitude <= 1e300 else { continue }
            #expect(Self.read("\(value)") == value)
        }
    }
}
