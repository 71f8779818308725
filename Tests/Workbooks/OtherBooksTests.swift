import Containers
import Kernel
import Testing
import TypedTables
import Workbooks

@Suite struct OtherBooksTests {
    @Test func excel2003() throws {
        let read = try ReadWorkbook(PackageResources.book_xls, .compound)
        #expect(
            read.sheets.map(\.info) == [
                .init(name: "Sales", isHidden: false), .init(name: "Hidden", isHidden: true), .init(name: "Empty", isHidden: false),
            ])
        let rows = read.sheets[0].rows
        #expect(rows[0] == "day|amount|pieces|city|ok|moment|time|took|share")
        #expect(rows[1] == "2024-01-31|1234.56|7|Zürich|true|2024-02-29T08:30:00|23:59:59|PT129600S|0.125")
        #expect(rows[2] == "1999-12-31|-0.1|100000000|東京 😀|false")
        #expect(rows[3] == "")
        #expect(rows[4] == "-|1e+300|0.01|" + String(repeating: "é", count: 5000) + String(repeating: "漢", count: 5000))
        #expect(rows[5] == "merged")
        #expect(read.sheets[0].summary?.merges == ["A6:B6"])
        #expect(read.sheets[1].rows == ["", "", "", "-|-|far"])
        #expect(read.sheets[2].rows == [])
        #expect(try ReadWorkbook(PackageResources.book_xls, .compound, only: "Hidden").sheets.count == 1)
    }

    @Test func theOtherEpochOfExcel2003() throws {
        #expect(try ReadWorkbook(PackageResources.epoch1904_xls, .compound).sheets[0].rows == ["1904-01-02|1904-12-31T06:00:00"])
    }

    @Test func openDocument() throws {
        let read = try ReadWorkbook(PackageResources.sheet_ods)
        #expect(read.sheets.map(\.info.name) == ["Blatt 1", "Zwei"])
        #expect(
            read.sheets[0].rows
                == ["day|amount|ok|note", "2024-01-31|1234.56|true|two\nlines", "", "", "-|-|0.5|0.5", "-|-|0.5|0.5", "-|-|0.5|0.5"])
        #expect(read.sheets[1].rows == ["PT08H30M00S"])
    }
}
