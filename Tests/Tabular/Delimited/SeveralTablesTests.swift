import Kernel
import Tabular
import Testing

/// Several tables below each other in one file.
@Suite struct SeveralTablesTests {
    private static let text = """
        Sales of the shop

        shop;units;price
        Bern;5;1,50
        Rome;6;2,50
        Oslo;7;3,50

        Visits
        day;visits;bounces;pages
        2020-01-01;5;1;9
        2020-01-02;6;2;8

        ;;;
        city;people
        Ulm;126000
        Bonn;330000

        """

    private static func read(_ text: String, table: Int?, piece: Int = 1 << 20) throws -> ReadDelimited {
        var overrides = ShapeOverrides()
        overrides.table = table
        return try ReadDelimited(text, pieces: piece, overrides: overrides)
    }

    @Test(arguments: [1, 7, 1 << 20])
    func allAreFoundAndTheFirstIsRead(piece: Int) throws {
        let read = try Self.read(Self.text, table: nil, piece: piece)
        #expect(read.header == ["shop", "units", "price"] && read.rows.count == 3)
        #expect(read.summary.tables == 3)
        #expect(read.summary.starts.map(\.row) == [3, 9, 14])
        #expect(read.summary.starts.map(\.columns) == [3, 4, 2])
        #expect(read.summary.warnings.contains { $0.kind == .anotherTable && $0.row == 8 })
    }

    @Test(arguments: [1, 7, 1 << 20])
    func anotherOneIsChosen(piece: Int) throws {
        let second = try Self.read(Self.text, table: 2, piece: piece)
        #expect(second.header == ["day", "visits", "bounces", "pages"])
        #expect(second.rows == [["2020-01-01", "5", "1", "9"], ["2020-01-02", "6", "2", "8"]])
        #expect(second.shape.skipRows == 8)
        let third = try Self.read(Self.text, table: 3, piece: piece)
        #expect(third.header == ["city", "people"] && third.rows == [["Ulm", "126000"], ["Bonn", "330000"]])
        // What was found is read again by its shape alone.
        for found in [second, third] {
            var again = DelimitedReader(shape: found.shape)
            try again.feed(Array(Self.text.utf8))
            try again.finish()
            var rows: [[String?]] = []
            while let batch = again.next() { for record in 0..<batch.count { rows.append(batch.row(record)) } }
            #expect(rows == found.rows.map { $0.map(Optional.some) })
        }
    }

    /// A short table above a long one is the first one, with a gap or a title between them, or with neither.
    @Test(arguments: ["\n", "\nVisits\n", "", ";;\n"]) func aShortOneIsTheFirst(between: String) throws {
        let short = "shop;units;price\nBern;5;1,50\nRome;6;2,50\n"
        let long = "day;visits;bounces;pages\n" + (1...40).map { "2020-01-01;\($0);1;9\n" }.joined()
        let first = try Self.read(short + between + long, table: nil)
        #expect(first.header == ["shop", "units", "price"] && first.rows == [["Bern", "5", "1,50"], ["Rome", "6", "2,50"]])
        let second = try Self.read(short + between + long, table: 2)
        #expect(second.header == ["day", "visits", "bounces", "pages"] && second.rows.count == 40)
    }

    /// Two that are as wide are told apart by the gap and the names.
    @Test(arguments: [2, 3, 5, 12], [3, 60]) func oneAsWideIsTheFirst(rows: Int, below: Int) throws {
        let upper = "shop;units;price\n" + (1...rows).map { "Bern \($0);\($0);1,50\n" }.joined()
        let lower = "city;people;area\n" + (1...below).map { "Ulm \($0);126000;\($0)\n" }.joined()
        let first = try Self.read(upper + "\n" + lower, table: nil)
        #expect(first.header == ["shop", "units", "price"] && first.rows.count == rows)
        let second = try Self.read(upper + "\n" + lower, table: 2)
        #expect(second.header == ["city", "people", "area"] && second.rows.count == below)
    }

    @Test func anotherOneAsWideNeedsNoGap() throws {
        let upper = "day;units;price\n2020-01-01;5;1,50\n2020-01-02;6;2,50\n2020-01-03;7;3,50\n"
        let lower = "city;people;area\nUlm;126000;118\nBonn;330000;141\n"
        let first = try Self.read(upper + lower, table: nil)
        #expect(first.header == ["day", "units", "price"] && first.rows.count == 3 && first.summary.tables == 2)
        #expect(try Self.read(upper + lower, table: 2).rows == [["Ulm", "126000", "118"], ["Bonn", "330000", "141"]])
        // A row of words where numbers stand is a row, if rows of the table follow.
        let words = upper + "unknown;open;late\n2020-01-05;9;4,50\n"
        #expect(try Self.read(words, table: nil).rows.count == 5)
    }

    /// What a file says of itself above its table is no table.
    @Test(arguments: [
        "Report;Sales\nYear;2019\nPages;12\n\n", "Year;2019\nUnit;EUR\n\n", "Sales; made by hand; printed 12/1/2019\n\n",
        "From;2019-01-01\nTo;2019-12-31\n", "Sales of the shop\nUnit: pieces, USD\n\n", "# shop;units;price\n# Bern;5;1\n",
    ]) func linesAboveTheHeaderAreNone(above: String) throws {
        let table = "day;visits;bounces;pages\n" + (1...20).map { "2020-01-01;\($0);1;9\n" }.joined()
        let read = try Self.read(above + table, table: nil)
        #expect(read.header == ["day", "visits", "bounces", "pages"] && read.rows.count == 20, "\(above)")
    }

    @Test func aTableThatIsNotThereIsSaid() throws {
        #expect { try Self.read(Self.text, table: 4) } throws: { ($0 as? AppError)?.issues.first?.field == "table" }
        #expect { try Self.read(Self.text, table: 0) } throws: { ($0 as? AppError)?.issues.first?.field == "table" }
    }
}
