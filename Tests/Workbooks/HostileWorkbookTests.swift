import Containers
import Kernel
import TableSupport
import Testing
import Workbooks

/// Workbooks that are made to exhaust the reader, or to make it read something else.
@Suite struct HostileWorkbookTests {
    @Test("pitfall 47, asvs-33: XML entities, external and nested, are refused")
    func entities() {
        for declaration in [
            "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
            "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>", "<!DOCTYPE x SYSTEM 'http://127.0.0.1/x.dtd'>",
        ] {
            var zip = ZipBuilder()
            SheetXML.add(to: &zip, sheets: ["Data": ""])
            zip.add("xl/worksheets/s0.xml", "\(declaration)<worksheet><sheetData><row><c t='str'><v>&e;</v></c></row></sheetData></worksheet>")
            #expect(failure(zip.finished())?.contains("declares a document type") == true)
        }
    }

    @Test("pitfall 47: far cells cost nothing, many of them are refused")
    func farCells() throws {
        let read = try ReadWorkbook(SheetXML.book("<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>2</v></c></row>"))
        #expect(read.sheets[0].rows.count == 1_048_576)
        #expect(read.sheets[0].rows[1_048_575].hasSuffix("-|2"))
        let wide = (1...2000).map { "<row r='\($0)'><c r='XFD\($0)'><v>1</v></c></row>" }.joined()
        #expect(failure(SheetXML.book(wide))?.contains("empty fields stand before") == true)
        for place in ["XFE1", "A1048577", "AAAAAAAAAAAAAAA1", "A0", "1", "A", "A1B", "A99999999999999999999"] {
            #expect(failure(SheetXML.book("<row><c r='\(place)'><v>1</v></c></row>"))?.contains("expected A1 to XFD1048576") == true)
        }
        #expect(failure(SheetXML.book("<row r='1048577'/>"))?.contains("expected 1 to 1048576") == true)
    }

    @Test("pitfall 47: 200,000 columns without places, a cell of 30 MB, a tag of 3 MB")
    func wideAndLong() {
        let cells = String(repeating: "<c><v>1</v></c>", count: 200_000)
        #expect(failure(SheetXML.book("<row>\(cells)</row>"))?.contains("at most 16384 columns") == true)
        func book(_ count: Int) -> [UInt8] { SheetXML.book("<row><c t='str'><v>\(String(repeating: "x", count: count))</v></c></row>") }
        #expect(failure(book(6 << 20))?.contains("A1 is longer than 1 MiB") == true)
        #expect(failure(book(30 << 20))?.contains("unpacks to more than 250 times its size") == true)
        let tag = String(repeating: "y", count: 3 << 20)
        #expect(failure(SheetXML.book("<row><c r='\(tag)'/></row>"))?.contains("a tag or comment is longer than") == true)
        let deep = String(repeating: "<a>", count: 1000)
        #expect(failure(SheetXML.book(deep))?.contains("nests more than 200 elements") == true)
    }

    @Test func brokenPartsAreNamed() {
        var zip = ZipBuilder()
        SheetXML.add(to: &zip, sheets: ["Data": "<row></c></row>"])
        #expect(failure(zip.finished())?.contains("part xl/worksheets/s0.xml: line 1, column") == true)
        var word = ZipBuilder()
        word.add("[Content_Types].xml", "<Types/>")
        word.add("word/document.xml", "<w/>")
        #expect(failure(word.finished())?.contains("a Word document; expected XLSX") == true)
    }

    @Test("pitfall 47: workbooks with flipped bytes end in an answer")
    func flips() {
        let book = SheetXML.book(
            "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' s='1'><v>45322.25</v></c></row>", strings: ["<t>x</t>"], formats: ["yyyy"])
        for kind in [book, PackageResources.book_xls, PackageResources.sheet_ods] {
            let isArchive = kind[0] == 0x50
            var wrong: [Int] = []
            for place in stride(from: 0, to: kind.count, by: isArchive ? 3 : 37) {
                var flipped = kind
                flipped[place] ^= 0x55
                if failure(flipped, isArchive ? .zip : .compound)?.hasPrefix("wrong code") == true { wrong.append(place) }
            }
            #expect(wrong == [])
        }
    }

    @Test("pitfall 47: compound files cut anywhere end in an answer")
    func cuts() {
        let book = PackageResources.epoch1904_xls
        var wrong: [Int] = []
        for length in stride(from: 0, to: book.count, by: 61) where failure(Array(book[..<length]), .compound)?.hasPrefix("wrong code") == true {
            wrong.append(length)
        }
        #expect(wrong == [])
        #expect(failure([UInt8](repeating: 0xD0, count: 600), .compound)?.contains("damaged") == true)
    }
}
