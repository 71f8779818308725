import Testing

@testable import Tabular

@Suite struct NumberTextTests {
    private static func read(_ text: String) -> NumberReading? {
        var text = text
        return text.withUTF8 { bytes in bytes.baseAddress.flatMap { NumberText.read(FieldText($0, bytes.count)) } }
    }

    /// Text, value with a decimal point, value with a decimal comma.
    @Test(
        arguments: [
            ("0", 0, 0), ("-5", -5, -5), ("12", 12, 12), ("1234", 1234, 1234), ("1.5", 1.5, nil), ("1,5", nil, 1.5), ("1.234", 1.234, 1234),
            ("1,234", 1234, 1.234), ("-1.234", -1.234, -1234), ("0.123", 0.123, nil), ("0,123", nil, 0.123), ("1234.567", 1234.567, nil),
            ("1,234.56", 1234.56, nil), ("1.234,56", nil, 1234.56), ("1.234.567", nil, 1_234_567), ("1,234,567", 1_234_567, nil),
            ("1 234,5", nil, 1234.5), ("1\u{A0}234,5", nil, 1234.5), ("1\u{202F}234", 1234, 1234), ("12 345 678", 12_345_678, 12_345_678),
            ("1'234.50", 1234.5, nil), ("1’234.50", 1234.5, nil), ("12,34,567.00", 1_234_567, nil), (".5", 0.5, nil), ("5.", 5, nil),
            ("$1,234.50", 1234.5, nil), ("-$5", -5, -5), ("$-5", -5, -5), ("($1,234.50)", -1234.5, nil), ("1.234,50 €", nil, 1234.5),
            ("€ 12", 12, 12), ("US$\u{A0}0,00", nil, 0), ("R$ 1.234,56", nil, 1234.56), ("CHF 1'234.50", 1234.5, nil), ("1 234,56 zł", nil, 1234.56),
            ("Rs. 1,00,000", 100_000, nil), ("₩1,000", 1000, 1), ("1,000원", 1000, 1), ("12,5 %", nil, 12.5), ("99.5%", 99.5, nil), ("%12", 12, 12),
            ("1.234,56-", nil, -1234.56), ("5-", -5, -5), ("−5", -5, -5), ("+5", 5, 5), ("1e5", 1e5, nil), ("1.5E-3", 0.0015, nil), ("  7 ", 7, 7),
            ("100 USD", 100, 100), ("5 руб.", 5, 5), ("0", 0, 0), ("007", 7, 7),
            ("123456789012345678901", 123_456_789_012_345_683_968, 123_456_789_012_345_683_968),
        ] as [(String, Double?, Double?)])
    func reads(text: String, point: Double?, comma: Double?) throws {
        let reading = try #require(Self.read(text), "\(text)")
        #expect((reading.point.isNaN ? nil : reading.point) == point, "\(text)")
        #expect((reading.comma.isNaN ? nil : reading.comma) == comma, "\(text)")
    }

    @Test(arguments: [
        "-", "", "abc", "1a", "a1", "1.2.3", "40.0.2214.111", "10.11.2012", "2024-01-31", "12:30", "1,2,3", "1 2", "12 34", "1--", "--1", "+-1",
        "1%%",
        "$", "%", "()", "(1", "RM12", "EUR5", "12DM", "1.2,3,4", "1,23,4", "1..2", "1,,2", "0x1F", "1e", "e5", "1/2", "5 kg", "£$5", "$5€", "1\n234",
        "0.123.456", "01.234.567", "1 234 56", "½",
    ])
    func refuses(text: String) { #expect(Self.read(text) == nil, "\(text)") }

    @Test func everyDoubleThatIsWrittenComesBack() {
        var state: UInt64 = 99
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(Int64(bitPattern: state) >> Int64(state & 31)) / PowersOfTen.double[Int(state >> 8 & 7)]
            let text = "\(value)"
            guard !text.contains("e"), let reading = Self.read(text) else { continue }
            #expect(reading.point == value, "\(text)")
        }
    }
}
