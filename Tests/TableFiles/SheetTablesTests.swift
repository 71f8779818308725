import Kernel
import TableFiles
import TableSupport
import Tabular
import Testing
import TypedTables

@Suite("several tables in a sheet") struct SheetTablesTests {
    private struct Table: Equatable {
        var header: [String]?
        var rows: [String] = []
        var shape = SheetShape()
    }

    /// A workbook of one sheet, whose cells are given with bars between them; what reads as a number is one.
    private static func book(_ lines: [String]) -> [UInt8] {
        let sheet = lines.enumerated().map { row, line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).enumerated().map { column, text in
                let place = "\(Character(UnicodeScalar(UInt8(65 + column))))\(row + 1)"
                if text.isEmpty { return "" }
                return Double(text) == nil ? "<c r='\(place)' t='str'><v>\(text)</v></c>" : "<c r='\(place)'><v>\(text)</v></c>"
            }
            return "<row r='\(row + 1)'>\(cells.joined())</row>"
        }
        return SheetXML.book(sheet.joined())
    }

    private static func batches(_ book: [UInt8]) throws -> [TypedBatch] {
        var reader = TableFileReader(size: book.count)
        var batches: [TypedBatch] = []
        while true {
            switch try reader.next() {
            case .read(let range): try reader.supply(Array(book[range.clamped(to: 0..<book.count)]))
            case .records(let batch): batches.append(batch)
            case .end: return batches
            default: break
            }
        }
    }

    private static func add(_ batch: RecordBatch, to table: inout Table) {
        for record in 0..<batch.count { table.rows.append(batch.row(record).map { $0 ?? "-" }.joined(separator: "|")) }
    }

    private static func read(_ lines: [String], mostTables: Int = 100) throws -> [Table] {
        let batches = try batches(book(lines))
        var sheet = SheetTables(isSheet: true, mostTables: mostTables)
        for batch in batches { sheet.add(batch) }
        sheet.finish()
        var tables: [Table] = []
        while let step = sheet.next() {
            switch step {
            case .begin: tables.append(Table())
            case .rows(let batch): add(batch, to: &tables[tables.count - 1])
            case .end(let shape):
                tables[tables.count - 1].header = shape.header
                tables[tables.count - 1].shape = shape
            }
        }
        // Opened again by its shape alone, each has the same rows.
        for table in tables {
            var again = Table(header: table.header, shape: table.shape)
            var rows = TableRows(table.shape)
            for batch in batches { rows.add(batch) }
            while let batch = rows.next() { add(batch, to: &again) }
            #expect(again.rows == table.rows)
        }
        return tables
    }

    @Test(
        "behind a gap, with a title or without one, and without a gap; as wide, wider and narrower",
        arguments: [
            (["day|n|m", "a|1|2", "b|3|4", "", "shop|staff|town", "x|5|Ulm", "y|6|Bern"], ["day n m": 2, "shop staff town": 2]),
            (["day|n|m", "a|1|2", "", "", "By product", "", "product|units", "x|5", "y|6"], ["day n m": 1, "product units": 2]),
            (["By shop", "shop|units", "x|5", "y|6", "", "By product", "product|sold", "x|5", "y|6"], ["shop units": 2, "product sold": 2]),
            (["day|n|m", "a|1|2", "b|3|4", "shop|town|staff", "x|Ulm|5", "y|Bern|6"], ["day n m": 2, "shop town staff": 2]),
            (["a|b|n", "x|y|1", "", "|||p|q", "|||z|2", "|||z|3"], ["a b n": 1, "p q": 2]),
            (
                ["day|n|m", "a|1|2", "", "shop|town|staff", "x|Ulm|5", "", "id|name|size", "p|q|7", "r|s|8"],
                ["day n m": 1, "shop town staff": 1, "id name size": 2]
            ),
        ] as [([String], KeyValuePairs<String, Int>)])
    func several(lines: [String], expected: KeyValuePairs<String, Int>) throws {
        let tables = try Self.read(lines)
        #expect(tables.map { ($0.header ?? []).filter { !$0.isEmpty }.joined(separator: " ") } == expected.map { $0.key }, "\(tables)")
        #expect(tables.map(\.rows.count) == expected.map { $0.value }, "\(tables)")
    }

    @Test(
        "what is one table stays one: gaps, sums, notes, pairs above it, its own header again, rows without a number, texts alone",
        arguments: [
            ["day|n|m", "a|1|2", "", "b|3|4", "", "c|5|6"], ["day|n|m", "a|1|2", "b|3|4", "", "Total|4|6"],
            ["day|n|m", "a|1|2", "", "Source: the office", "All in thousands"], ["day|n|m", "a|1|2", "", "day|n|m", "b|3|4"],
            ["Author|Jane", "Year|2019", "Page|3", "", "day|n|m", "a|1|2", "b|3|4"], ["Report of May", "", "day|n|m", "a|1|2", "b|3|4"],
            ["day|n|m", "a|1|2", "", "b|unknown|unknown", "c|3|4"], ["city|2022|2023", "a|1|2", "b|3|4"], ["a|b", "c|d", "", "e|f", "g|h"],
            ["1|2", "3|4", "", "5|6"], ["", "", "name|n", "a|1"], [],
        ])
    func single(lines: [String]) throws {
        #expect(try Self.read(lines).count == 1)
    }

    @Test("the first table of a sheet ends where the next begins, however many rows stand above it") func long() throws {
        let days = (0..<9000).map { $0 % 50 == 49 ? "" : "d\($0)|\($0)|\($0 % 7)" }
        let shops = (0..<5000).map { "s\($0)|Ulm|\($0)" }
        let tables = try Self.read(["day|n|m"] + days + ["", "Shops", "shop|town|staff"] + shops)
        #expect(tables.map(\.rows.count) == [8820, 5000])
        #expect(tables.map(\.header) == [["day", "n", "m"], ["shop", "town", "staff"]])
        #expect(tables[1].shape.skipRows == 9003 && tables[0].shape.lastLine ?? 0 < 9003)
    }

    @Test("more than so many tables are not told apart") func bounded() throws {
        let lines = (0..<300).flatMap { ["a\($0)|n\($0)|m\($0)", "x|\($0)|2", ""] }
        #expect(try Self.read(lines).count == 100)
        #expect(try Self.read(lines, mostTables: 3).map(\.rows.count) == [1, 1, 595])
    }

    @Test("an inspection tells of each, beside what it tells of the first") func inspected() throws {
        let book = Self.book(["day|n|m", "a|1|2", "", "shop|town|staff", "x|Ulm|5", "y|Bern|6"])
        let found = try TableFileInspection.run(
            size: book.count, read: { (range) throws(AppError) in Array(book[range.clamped(to: 0..<book.count)]) }, text: { _ in })
        let sheet = try #require(try JSON.read(found ?? [])["sheets"]?[0])
        #expect(sheet["header"] == ["day", "n", "m"] && sheet["rows"]?.array?.count == 6)
        let tables = try #require(sheet["tables"]?.array)
        #expect(tables.map { $0["row"] } == [1, 4] && tables.map { $0["row_count"] } == [1, 2])
        #expect(tables[1]["header"] == ["shop", "town", "staff"] && tables[1]["columns"]?[2]?["type"] == "number")
    }
}
