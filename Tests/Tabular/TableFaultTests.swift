import Kernel
import Tabular
import Testing

/// What makes a whole file unreadable, and what is said about it.
@Suite struct TableFaultTests {
    @Test(arguments: [
        ("", "The file is empty; expected a header and rows below it"),
        ("\u{FEFF}\n\r\n", "The file is empty; expected a header and rows below it"),
        ("date,sales\n", "Line 1: no row below this header has as many columns as it (2)"),
        ("date,sales\n1\n2\n", "Line 1: no row below this header has as many columns as it (2)"),
        ("2024-01-31,5\n2024-02-01,6\n", "Line 1: holds data where the header is expected: a name for each column"),
        ("1,5\n2,6\n", "Line 1: holds data where the header is expected: a name for each column"),
        (
            "city,sales\nBern,5\n",
            "Line 1: no column holds dates; expected one such as 2024-01-31, 2024-01-31T08:00:00Z, 2024/01/31 or 31.01.2024"
        ),
        ("\ndate,city\n2024-01-31,Bern\n", "Line 2: no column beside \"date\" holds numbers; expected one such as 1234.5"),
        ("date,note,v\n2024-01-31,a,1\n2024-02-01,\"b,2\n2024-02-02,c,3\n", "Line 3: the quote that opens column 2 is never closed"),
        ("date,v\n2024-01-31,\"1", "Line 2: the quote that opens column 2 is never closed"),
        ("date,v\n2024-01-31,1\n2024-02-01,\u{0}\n", "Line 3: column 2 holds a NUL character at byte 31; expected text in UTF-8"),
        ("date,n,v\n2024-01-31,\"a\nb\u{0}\",1\n", "Line 3: column 2 holds a NUL character at byte 24; expected text in UTF-8"),
    ])
    func says(text: String, message: String) {
        for pieces in [1, 5, 4096] { #expect(failure(text, pieces: pieces) == message) }
    }

    @Test func invalidUTF8IsNamedWithItsByte() {
        let latin = Array("date,city,v\n2024-01-31,Bern,1\n2024-02-01,Z".utf8) + [0xFC] + Array("rich,2\n".utf8)
        #expect(failure(latin) == "Line 3: byte 42 is 0xFC, which is not UTF-8 there; save the file as UTF-8")
        #expect(failure(latin, pieces: 1) == "Line 3: byte 42 is 0xFC, which is not UTF-8 there; save the file as UTF-8")
    }

    @Test(
        arguments: [
            [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0x80],
            [0xE2, 0x82], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]])
    func malformedSequencesAreRefused(sequence: [UInt8]) {
        let bytes = Array("date,city,v\n2024-01-31,".utf8) + sequence + Array(",1\n".utf8)
        #expect(failure(bytes)?.hasPrefix("Line 2: byte") == true)
    }

    @Test(arguments: [[0xFF, 0xFE, 0x64, 0x00], [0xFE, 0xFF, 0x00, 0x64]] as [[UInt8]])
    func utf16IsNamed(bytes: [UInt8]) {
        #expect(failure(bytes) == "Line 1: the file is UTF-16; save it as UTF-8")
    }

    @Test func theFaultLiesFarIntoTheFile() {
        var text = "date,v\n"
        for row in 0..<60_000 { text += "2024-01-31T\(10 + row / 3600 % 10):\(10 + row / 60 % 50):\(10 + row % 50),1\n" }
        #expect(failure(text + "2024-02-01,\"1\n2024-02-02,2\n", pieces: 65_536) == "Line 60002: the quote that opens column 2 is never closed")
    }

    @Test("pitfall 47: 200,000 columns")
    func tooManyColumns() {
        let header = (0..<200_000).map { "c\($0)" }.joined(separator: ",")
        #expect(failure(header + "\n" + header + "\n", pieces: 65_536) == "Line 1: the header has 200000 columns; at most 10000 are read")
    }

    @Test("pitfall 47: a file of quotes")
    func quotes() {
        #expect(failure(String(repeating: "\"", count: 3_000_001), pieces: 65_536)?.hasPrefix("Line 1: ") == true)
        #expect(failure(String(repeating: "\"", count: 30_001), pieces: 65_536)?.hasPrefix("Line 1: ") == true)
        #expect(failure(String(repeating: "\",", count: 2_000_000), pieces: 65_536)?.hasPrefix("Line 1: ") == true)
    }

    @Test("pitfall 47: one endless cell, one endless row")
    func endless() {
        var limits = TableLimits()
        limits.fieldBytes = 10_000
        limits.recordBytes = 100_000
        let cell = "date,note,v\n2024-01-31,a,1\n2024-02-01," + String(repeating: "x", count: 500_000)
        #expect(failure(cell, limits: limits) == "Line 3: column 2 is longer than 10000 bytes; is a quote missing at its end?")
        let quoted = "date,note,v\n2024-01-31,a,1\n2024-02-01,\"" + String(repeating: "x\n", count: 500_000)
        #expect(failure(quoted, limits: limits) == "Line 3: column 2 is longer than 10000 bytes; is a quote missing at its end?")
        let row = "date,v\n2024-01-31,1\n" + String(repeating: "xxxxxxx,", count: 100_000)
        #expect(failure(row, limits: limits) == "Line 3: the row is longer than 100000 bytes")
        #expect(failure(String(repeating: "xxxxxxx,", count: 100_000), limits: limits) == "Line 1: the row is longer than 100000 bytes")
    }

    @Test func longNamesAreRefused() {
        let name = String(repeating: "x", count: 191)
        #expect(failure("date,\(name)\n2024-01-31,1\n") == "Line 1: the name of column 2 is longer than 190 bytes")
    }
}
