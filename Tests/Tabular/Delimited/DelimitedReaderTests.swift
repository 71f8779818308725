import Kernel
import Tabular
import Testing

/// What a careful person reads in files that programs and people wrote.
@Suite struct DelimitedReaderTests {
    @Test(arguments: [
        ("a,b\n1,\"x \"\"y\"\" z\"\n3,4\n", [["a", "b"], ["1", "x \"y\" z"], ["3", "4"]]),
        ("a;b\r1,5;2\r3,25;4\r", [["a", "b"], ["1,5", "2"], ["3,25", "4"]]),
        ("\"Year\", \"Title\"\n1968, \"Hi, Mom!\"\n1971, \"Born\"\n", [["Year", "Title"], ["1968", "Hi, Mom!"], ["1971", "Born"]]),
        ("id|t\n1|\"a \\\"b\\\"\"\n2|\"c|d\"\n", [["id", "t"], ["1", "a \"b\""], ["2", "c|d"]]),
        ("a,b,c\n1,2\n3,4,5\n", [["a", "b", "c"], ["1", "2", ""], ["3", "4", "5"]]),
        ("n,t\n1,\"two\nlines\"\n2,x\n", [["n", "t"], ["1", "two\nlines"], ["2", "x"]]),
        ("n,t\r\n1,x \r\n\r\n\r\n2,y\r\n\r\n", [["n", "t"], ["1", "x "], ["2", "y"]]),
        ("col\n1\n\n3", [["col"], ["1"], [""], ["3"]]),
        ("x,y\n1,\n2,\n", [["x", "y"], ["1", ""], ["2", ""]]),
        ("x,y\n1,2,\n3,4,\n5,6,\n", [["x", "y"], ["1", "2"], ["3", "4"], ["5", "6"]]),
        ("day,v\n2020-01-02,5", [["day", "v"], ["2020-01-02", "5"]]),
    ])
    func reads(text: String, table: [[String]]) throws {
        for pieces in [1, 3, 4096] { #expect(try ReadDelimited(text, pieces: pieces).all == table) }
    }

    @Test(arguments: [
        ("1,2,3\n4,5,6\n", 0), ("12,Ann,2020-01-01\n13,Ben,2020-01-02\n", 0), ("Country,2010,2011,2012\nChile,5,6,7\nPeru,1,2,3\n", 1),
        ("name,town\nAnn,Bern\nBen,Rome\n", 1), ("day,units,price\n,(pcs),(EUR)\n2020-01-01,1,2.5\n2020-01-02,3,4.5\n", 2),
    ])
    func findsHowManyRowsTheHeaderHas(text: String, rows: Int) throws {
        #expect(try ReadDelimited(text).shape.headerRows == rows)
    }

    @Test func aQuoteThatNothingClosesSpoilsItsRowOnly() throws {
        let rows = (0..<20_000).map { "\($0),\($0 == 40 ? "\"Ann" : "Ben"),\"x, \($0)\"\n" }.joined()
        let read = try ReadDelimited("id,name,note\n" + rows)
        #expect(read.rows.count == 20_000)
        #expect(read.rows[40] == ["40", "\"Ann", "x, 40"])
        #expect(read.summary.warnings.map(\.row) == [42])
        #expect(read.summary.warnings.first?.kind == .quote)
    }

    @Test func totalsFootnotesAndOtherTablesAreTold() throws {
        let body = "shop,units\nBern,5\nRome,6\nOslo,7\nTotal,18\n"
        let read = try ReadDelimited("Report of May\n\n" + body + "\nSource: the till\n")
        #expect(read.shape.skipRows == 2)
        #expect(read.header == ["shop", "units"])
        #expect(read.rows.count == 4)
        #expect(read.summary.totalRecord == 3)
        #expect(read.summary.warnings.map(\.kind) == [.footnote, .total])
        let two = try ReadDelimited(body + "\nday,visits,bounces\n2020-01-01,5,1\n2020-01-02,6,2\n")
        #expect(two.rows.count == 4)
        #expect(two.summary.tables == 2)
        #expect(two.summary.warnings.contains { $0.kind == .anotherTable && $0.row == 7 })
    }

    @Test func allCanBeGiven() throws {
        var overrides = ShapeOverrides()
        overrides.delimiter = ":"
        overrides.skipRows = 1
        overrides.headerRows = 0
        overrides.quote = ""
        let read = try ReadDelimited("a:b\n\"1:2\"\n3:4\n", overrides: overrides)
        #expect(read.all == [["\"1", "2\""], ["3", "4"]])
        overrides.encoding = "klingon"
        overrides.headerRows = 11
        overrides.delimiter = "::"
        #expect { try ReadDelimited("a", overrides: overrides) } throws: { error in
            (error as? AppError)?.issues.map(\.field) == ["encoding", "delimiter", "header_rows"]
        }
    }

    @Test func batchesKnowTheirPlaces() throws {
        let text = "n,t\n" + (0..<9000).map { "\($0),row\n" }.joined()
        var reader = DelimitedReader()
        try reader.feed(Array(text.utf8))
        try reader.finish()
        var records = 0
        while let batch = reader.next() {
            #expect(batch.firstRecord == records)
            #expect(batch.count <= RecordBatch.suggestedRecords)
            #expect(batch.lines.first == records + 2)
            #expect(batch.text(0) == "\(records)")
            records += batch.count
        }
        #expect(records == 9000)
    }

    @Test func hostileFilesAreRefusedWithTheirPlace() {
        let files: [(bytes: [UInt8], message: String)] = [
            ([UInt8](repeating: 0x61, count: 20 << 20), "Line 1: the row is longer than"),
            (Array(("a,b\n" + String(repeating: ",", count: 20_000)).utf8), "Line 2: the header has"),
            (Array("\u{7F}ELF".utf8) + [2, 1, 1] + [UInt8](repeating: 0, count: 90) + Array("name,size\n".utf8), "The file is no text: byte 7"),
            ((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7 % 32) }.filter { $0 != 10 && $0 != 13 }, "The file is no text"),
        ]
        for file in files {
            #expect {
                try ReadDelimited(bytes: file.bytes)
            } throws: { error in
                (error as? AppError)?.code == .unprocessableFile && (error as? AppError)?.message.hasPrefix(file.message) == true
            }
        }
    }

    @Test("pitfall 47: quotes without an end cost no more than a few times the file's length")
    func hostileQuotesAreBounded() throws {
        for line in ["\"a\n", "\"\"\"a\n", "x,\"y\"z\n", "\"a\"b,\"c\n", "a,\"b\n\"\"c\n"] {
            let read = try ReadDelimited(String(repeating: line, count: 20_000))
            #expect(read.summary.records > 0)
        }
    }
}
