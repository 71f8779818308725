import Kernel
import Tabular
import Testing

@Suite struct TableReaderTests {
    static let day = "2024-01-31T00:00:00Z"

    @Test(arguments: [
        ("plain", "date,sales\n2024-01-31,5\n", ["2 \(day) 5.0"]),
        ("no line end at the end", "date,sales\n2024-01-31,5", ["2 \(day) 5.0"]),
        ("CR LF", "date,sales\r\n2024-01-31,5\r\n", ["2 \(day) 5.0"]),
        ("CR alone", "date,sales\r2024-01-31,5\r", ["2 \(day) 5.0"]),
        ("byte order mark", "\u{FEFF}date,sales\n2024-01-31,5\n", ["2 \(day) 5.0"]),
        ("blank lines", "\n\r\ndate,sales\n\n2024-01-31,5\n\n\n2024-02-01,6\n", ["5 \(day) 5.0", "8 2024-02-01T00:00:00Z 6.0"]),
        ("semicolons", "date;sales\n2024-01-31;5\n", ["2 \(day) 5.0"]),
        ("tabs", "date\tsales\n2024-01-31\t5\n", ["2 \(day) 5.0"]),
        ("bars", "date|sales\n2024-01-31|5\n", ["2 \(day) 5.0"]),
        (
            "commas in a text between semicolons", "date;city;sales\n2024-01-31;a, b, c;5\n2024-02-01;a;6\n",
            ["2 \(day) 5.0", "3 2024-02-01T00:00:00Z 6.0"]
        ),
        ("quoted cells", "\"date\",\"sales\"\n\"2024-01-31\",\"5\"\n", ["2 \(day) 5.0"]),
        (
            "delimiter and line end in quotes", "date,note,sales\n2024-01-31,\"a,\nb\",5\n2024-02-01,c,6\n",
            ["2 \(day) 5.0", "4 2024-02-01T00:00:00Z 6.0"]
        ),
        ("doubled quotes", "date,note,sales\n2024-01-31,\"say \"\"a,b\"\"\",5\n", ["2 \(day) 5.0"]),
        ("empty quotes", "date,note,sales\n2024-01-31,\"\",5\n", ["2 \(day) 5.0"]),
        ("a quote inside an unquoted cell", "date,size,sales\n2024-01-31,5\",5\n", ["2 \(day) 5.0"]),
        ("blanks around cells", "date , sales\n 2024-01-31 ,  5 \n", ["2 \(day) 5.0"]),
        ("empty cells are absent", "date,a,b\n2024-01-31,,2\n2024-02-01,3, \n", ["2 \(day) - 2.0", "3 2024-02-01T00:00:00Z 3.0 -"]),
        ("umlauts and emoji", "date,city,sales\n2024-01-31,Zürich 🏔,5\n", ["2 \(day) 5.0"]),
        ("the date is not first", "sales,date\n5,2024-01-31\n", ["2 \(day) 5.0"]),
    ])
    func reads(name: String, text: String, rows: [String]) throws {
        for pieces in [1, 2, 3, 7, 4096] { #expect(try ReadTable(text, pieces: pieces).rows == rows, "\(name) in pieces of \(pieces)") }
    }

    @Test(arguments: [
        ("2024-01-31", "2024-01-31T00:00:00Z"), ("2024-01-31 08:05", "2024-01-31T08:05:00Z"), ("2024-01-31 08:05:09", "2024-01-31T08:05:09Z"),
        ("2024-01-31T08:05:09Z", "2024-01-31T08:05:09Z"), ("2024-01-31T08:05:09+02:00", "2024-01-31T06:05:09Z"),
        ("2024-01-31T08:05:09.25-0130", "2024-01-31T09:35:09.250000Z"), ("2024-01-31 08:05:09 +02", "2024-01-31T06:05:09Z"),
        ("2024-01-31T23:59:60Z", "2024-02-01T00:00:00Z"), ("2024/01/31", "2024-01-31T00:00:00Z"), ("2024/01/31 08:05", "2024-01-31T08:05:00Z"),
        ("31.01.2024", "2024-01-31T00:00:00Z"), ("31.01.2024 08:05:09", "2024-01-31T08:05:09Z"), ("29.02.2024", "2024-02-29T00:00:00Z"),
        ("0001-01-01", "0001-01-01T00:00:00Z"), ("9999-12-31", "9999-12-31T00:00:00Z"),
    ])
    func readsDates(cell: String, time: String) throws {
        #expect(try ReadTable("when,v\n\(cell),1\n").rows == ["2 \(time) 1.0"])
    }

    @Test(arguments: [
        "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "2024-01-32", "2024-1-31", "20240131", "2024-01-31T24:00", "2024-01-31T08:60",
        "2024-01-31T08:00:61", "2024-01-31T08", "2024-01-31x", "2024-01-31 08:00:00.", "2024-01-31T08:00+25:00", "31-01-2024", "0000-01-01",
        "yesterday",
    ])
    func refusesWhatIsNoDate(cell: String) throws {
        let good = (1...20).map { "2024-03-\($0 < 10 ? "0" : "")\($0),1" }.joined(separator: "\n")
        let table = try ReadTable("date,v\n\(good)\n\(cell),1\n")
        #expect(table.rows.count == 20)
        #expect(table.summary.refusals == [RowRefusal(line: 22, reason: "column \"date\" holds \"\(cell)\"; expected a date such as 2024-01-31")])
    }

    @Test func choosesTheColumnWhoseNamePromisesDates() throws {
        let table = try ReadTable("delivered,Date,sales,city\n2024-02-01,2024-01-31,5,Bern\n")
        #expect(table.layout?.time.name == "Date")
        #expect(table.layout?.values.map(\.name) == ["sales"])
        #expect(table.layout?.ignored == ["delivered", "city"])
    }

    @Test func namesColumnsApart() throws {
        let table = try ReadTable("date,sales,,sales\n2024-01-31,1,2,3\n")
        #expect(table.layout?.values.map(\.name) == ["sales", "column 3", "sales (2)"])
    }

    @Test func raggedRowsAreRefusedWithTheirLine() throws {
        let table = try ReadTable("date,sales\n2024-01-31,5\n2024-02-01\n2024-02-02,6,7\n2024-02-03,8\n")
        #expect(table.rows.count == 2)
        #expect(table.summary.rowsRead == 4)
        #expect(table.summary.rowsRefused == 2)
        #expect(
            table.summary.refusals == [
                RowRefusal(line: 3, reason: "has 1 columns; the header has 2"), RowRefusal(line: 4, reason: "has 3 columns; the header has 2"),
            ])
    }

    @Test func unreadableCellsRefuseTheirRow() throws {
        let good = (1...28).map { "2024-03-\($0 < 10 ? "0" : "")\($0),\($0)" }.joined(separator: "\n")
        let table = try ReadTable("date,sales\n\(good)\n,5\n2024-04-01,n/a\n2024-04-02,\"5\"6\n")
        #expect(table.rows.count == 28)
        #expect(
            table.summary.refusals.map(\.reason) == [
                "column \"date\" is empty; expected a date", "column \"sales\" holds \"n/a\"; expected a number such as 1234.5",
                "column \"sales\" holds \"5\"; expected a number such as 1234.5",
            ])
        #expect(table.summary.refusals.map(\.line) == [30, 31, 32])
    }

    @Test func fewRowsDecideByMajority() throws {
        let table = try ReadTable("date,v,code\n2024-01-31,1,1\n2024-02-01,x,A1\nsoon,3,A2\n2024-02-03,4,4\n")
        #expect(table.layout?.values.map(\.name) == ["v"])
        #expect(table.layout?.ignored == ["code"])
        #expect(table.summary.refusals.map(\.line) == [3, 4])
    }

    @Test func aTextColumnWithManyNumbersStaysText() throws {
        let rows = (10..<30).map { "2024-01-\($0),\($0),\($0 % 5 == 0 ? "A" : "")\($0)" }.joined(separator: "\n")
        let table = try ReadTable("date,v,code\n\(rows)\n")
        #expect(table.layout?.ignored == ["code"])
        #expect(table.rows.count == 20)
    }

    @Test func theLastRowOfATimeHolds() throws {
        let table = try ReadTable("date,a,b\n2024-01-31,1,10\n2024-02-01,2,20\n2024-01-31,3,\n")
        #expect(table.rows == ["2 \(Self.day) - 10.0", "3 2024-02-01T00:00:00Z 2.0 20.0", "4 \(Self.day) 3.0 -"])
        #expect(table.summary.refusals == [RowRefusal(line: 2, reason: "line 4 has the same time; its values hold")])
    }

    @Test func namesTheFirstRefusalsAndCountsAll() throws {
        var limits = TableLimits()
        limits.namedRefusals = 3
        let table = try ReadTable("date,v\n2024-01-31,1\n" + String(repeating: "x\n", count: 50), limits: limits)
        #expect(table.summary.rowsRefused == 50)
        #expect(table.summary.refusals.map(\.line) == [3, 4, 5])
    }

    @Test func saysFromWhenToWhen() throws {
        let table = try ReadTable("date,v\n2024-02-01,1\n2024-01-31,1\n2024-02-03,1\n")
        #expect(table.summary.from?.description == Self.day)
        #expect(table.summary.to?.description == "2024-02-03T00:00:00Z")
    }

    @Test func batchesHoldAsManyCellsAsAllowed() throws {
        var limits = TableLimits()
        limits.batchCells = 10
        let rows = (0..<23).map { "2024-01-31T00:\($0 + 10),1,2" }.joined(separator: "\n")
        let table = try ReadTable("date,a,b\n\(rows)\n", pieces: 16, limits: limits)
        #expect(table.rows.count == 23)
        #expect(table.batches == 5)
        limits.batchCells = 1
        #expect(try ReadTable("date,a,b\n\(rows)\n", limits: limits).batches == 23)
    }

    @Test func aRecordLongerThanTheFirstPieceIsRead() throws {
        let long = String(repeating: "x", count: 700_000)
        let table = try ReadTable("date,note,v\n2024-01-31,\(long),5\n2024-02-01,\"\(long)\",6\n", pieces: 10_000)
        #expect(table.rows == ["2 \(Self.day) 5.0", "3 2024-02-01T00:00:00Z 6.0"])
    }
}
