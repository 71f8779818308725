import Kernel
import TableSupport
import Testing
import TypedTables
import Workbooks

@Suite struct OpenXMLTests {
    private static func rows(_ rows: String, strings: [String] = [], formats: [String] = [], date1904: Bool = false) throws(AppError) -> [String] {
        try ReadWorkbook(SheetXML.book(rows, strings: strings, formats: formats, date1904: date1904)).sheets[0].rows
    }

    @Test func valuesOfAllTypes() throws {
        let read = try ReadWorkbook(
            SheetXML.book(
                """
                <row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1'><v>78.459999999999994</v></c><c r='C1' t='b'><v>1</v></c>
                <c r='D1' t='e'><v>#N/A</v></c><c r='E1' t='str'><f>A1&amp;"x"</f><v>ax</v></c><c r='F1' t='inlineStr'><is><r><t>in</t></r><r><t>line</t></r></is></c>
                <c r='G1' t='d'><v>2024-01-31T08:00:00</v></c><c r='H1' s='1'><v>45322.25</v></c><c r='I1'><v>1E+20</v></c><c r='J1' s='3'/></row>
                """, strings: ["<r><t>ri</t></r><r><rPr><b/></rPr><t>ch</t></r><rPh sb='0' eb='1'><t>no</t></rPh>"], formats: ["yyyy-mm-dd"]))
        #expect(read.sheets[0].rows == ["rich|78.46|true|#N/A|ax|inline|2024-01-31T08:00:00|2024-01-31T06:00:00|1e+20"])
        #expect(read.sheets[0].kinds[0] == [.text, .number, .bool, .error, .text, .text, .datetime, .datetime, .number])
        #expect(read.sheets[0].summary?.rows == 1)
    }

    @Test(arguments: [
        ("dd/mm/yyyy", "60", "1900-02-28"), ("dd/mm/yyyy", "59", "1900-02-28"), ("dd/mm/yyyy", "61", "1900-03-01"), ("dd/mm/yyyy", "1", "1900-01-01"),
        ("h:mm", "0.5", "12:00:00"), ("h:mm", "1.5", "1900-01-01T12:00:00"), ("h:mm:ss.000", "0.50000005787037", "12:00:00.005000"),
        ("[h]:mm", "1.5", "PT129600S"), ("[ss]", "0.00000578703703703704", "PT0.5S"), ("yyyy", "45322.999999999", "2024-02-01"),
        ("yyyy", "2958466", "2958466"), ("yyyy", "-1", "-1"), ("0.00", "45322", "45322"), ("[Red]0;[Blue]-0", "5", "5"),
        ("[$-409]d-mmm", "45322", "2024-01-31"),
        ("0&quot; days&quot;", "5", "5"), ("0\\d", "5", "5"), ("_d0", "5", "5"), ("General", "5", "5"), ("#,##0;yyyy", "5", "5"),
        ("[&gt;=5]0", "5", "5"),
        ("[$€-407] #,##0", "5", "5"), ("@", "5", "5"), ("yyyy\"年\"m\"月\"", "45322", "2024-01-31"), ("0.00E+00", "5", "5"),
    ])
    func formatsMakeDates(code: String, value: String, text: String) throws {
        let code = code.replacing("\"", with: "&quot;")
        #expect(try Self.rows("<row r='1'><c r='A1' s='1'><v>\(value)</v></c></row>", formats: [code]) == [text])
    }

    @Test func theOtherEpoch() throws {
        #expect(
            try Self.rows("<row><c s='1'><v>1</v></c><c s='1'><v>11111</v></c></row>", formats: ["yyyy"], date1904: true) == ["1904-01-02|1934-06-03"]
        )
    }

    @Test func placesAndGaps() throws {
        let read = try ReadWorkbook(
            SheetXML.book("<row r='2'><c r='C2'><v>1</v></c><c><v>2</v></c></row><row/><row><c r='A4'><v>3</v></c></row><row r='9'><c r='A9'/></row>")
        )
        #expect(read.sheets[0].rows == ["", "-|-|1|2", "", "3"])
        #expect(read.sheets[0].lines == [1, 2, 3, 4])
        // Cells and rows that stand in a wrong order.
        let wrong = try ReadWorkbook(
            SheetXML.book("<row r='3'><c r='B3'><v>2</v></c><c r='A3'><v>1</v></c></row><row r='1'><c r='A1'><v>5</v></c></row>"))
        #expect(wrong.sheets[0].rows == ["", "", "1|2", "5"])
        #expect(wrong.sheets[0].summary?.warnings.map(\.kind) == ["row_order"])
    }

    @Test(arguments: [
        ("1", "1"), ("-1", "-1"), ("0", "0"), ("-0", "0"), ("007", "7"), ("1.50", "1.5"), ("0.1", "0.1"), (".5", "0.5"), ("5.", "5"),
        ("1e3", "1000"),
        ("123456789012345", "123456789012345"), ("1234567890123456", "1234567890123456"), ("0.30000000000000004", "0.30000000000000004"),
        ("123456.123456789", "123456.123456789"), ("  7 ", "7"), ("1.23456789e+22", "1.23456789e+22"), ("-12.50", "-12.5"), ("0.0", "0"),
    ])
    func numbersAreTheShortestDecimals(stored: String, text: String) throws {
        #expect(try Self.rows("<row><c><v>\(stored)</v></c></row>") == [text])
    }

    @Test(arguments: ["nan", "inf", "0x10", "1,5", "--1", "1e999", "-"])
    func whatIsNoNumberStaysText(stored: String) throws {
        let read = try ReadWorkbook(SheetXML.book("<row><c><v>\(stored)</v></c></row>"))
        #expect(read.sheets[0].rows == [stored])
        #expect(read.sheets[0].kinds == [[.text]])
    }

    @Test func escapesAndBlanks() throws {
        #expect(
            try Self.rows("<row><c t='str'><v>a_x000D_&#10;b_x0041_c_x00zz_</v></c><c t='str'><v xml:space='preserve'> x </v></c></row>") == [
                "a\r\nbAc_x00zz_| x "
            ])
    }

    @Test func whatIsWrongWithACellIsSaid() throws {
        let read = try ReadWorkbook(SheetXML.book("<row r='7'><c r='A7' t='s'><v>5</v></c><c r='B7'><v>abc</v></c></row>"))
        #expect(read.sheets[0].rows.last == "-|abc")
        #expect(
            read.sheets[0].summary?.warnings.map(\.message)
                == ["A7: names shared string 5, of 0; read as empty", "B7: the value is no number; it is read as text"])
    }

    @Test func sheetsInOrderHiddenOnesToo() throws {
        var zip = ZipBuilder()
        SheetXML.add(to: &zip, sheets: ["B": "<row><c><v>1</v></c></row>", "A": "", "C": "<row><c><v>3</v></c></row>"])
        let book = zip.finished()
        #expect(try ReadWorkbook(book).sheets.map(\.info.name) == ["B", "A", "C"])
        let one = try ReadWorkbook(book, only: "C")
        #expect(one.sheets.map(\.rows) == [["3"]])
        #expect(failure(book, only: "D") == "the workbook has no sheet \"D\"; expected \"B\", \"A\", \"C\"")
    }

    @Test func manyRowsComeInBatches() throws {
        let rows = (1...20_000).map { "<row r='\($0)'><c r='A\($0)'><v>\($0)</v></c><c r='B\($0)' t='s'><v>\($0 % 3)</v></c></row>" }.joined()
        let read = try ReadWorkbook(SheetXML.book(rows, strings: ["<t>a</t>", "<t>b</t>", "<t/>"]))
        #expect(read.sheets[0].rows.count == 20_000)
        #expect(read.sheets[0].rows[19_999] == "20000")
        #expect(read.sheets[0].rows[19_998] == "19999|b")
    }
}
