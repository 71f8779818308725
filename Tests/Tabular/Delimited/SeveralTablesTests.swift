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

    @Test func aTableThatIsNotThereIsSaid() throws {
        #expect { try Self.read(Self.text, table: 4) } throws: { ($0 as? AppError)?.issues.first?.field == "table" }
        #expect { try Self.read(Self.text, table: 0) } throws: { ($0 as? AppError)?.issues.first?.field == "table" }
    }
}
