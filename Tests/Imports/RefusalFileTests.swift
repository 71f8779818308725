import Imports
import Testing

@Suite("Files of refused rows") struct RefusalFileTests {
    private func line(_ fields: String...) -> String {
        String(
            decoding: RefusalFile.line(Refusal(row: 3, line: 5, column: "sales", reason: "holds \"x\"", fields: fields)), as: UTF8.self)
    }

    @Test("the row's place and reason stand in front of its fields") func form() {
        #expect(
            String(decoding: RefusalFile.header(["day", "a,b"]), as: UTF8.self)
                == "refused_row,refused_line,refused_column,refused_reason,day,\"a,b\"\r\n")
        #expect(line("2026-01-01", "x") == "3,5,sales,\"holds \"\"x\"\"\",2026-01-01,x\r\n")
        #expect(line("a\nb", " c") == "3,5,sales,\"holds \"\"x\"\"\",\"a\nb\",\" c\"\r\n")
    }

    @Test(
        "pitfall 47: a cell that a program would run as a formula is put out of action, a number with a sign is not",
        arguments: [
            ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("-2+3+cmd", "'-2+3+cmd"), ("-5", "-5"),
            ("+1.250,5 %", "\"+1.250,5 %\""), ("a=b", "a=b"),
        ])
    func formulas(cell: String, written: String) {
        #expect(line(cell).hasSuffix(",\(written)\r\n"))
    }
}
