import Kernel
import TableFiles
import TableSupport
import Tabular
import Testing
import TypedTables

@Suite struct TableRowsTests {
    /// The shape and the data rows of a sheet whose cells are given with bars between them; what reads as a number is one.
    private static func read(_ lines: [String], again: SheetShape? = nil) throws -> (shape: SheetShape, rows: [String], lines: [Int], first: [Int]) {
        let sheet = lines.enumerated().map { row, line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).enumerated().map { column, text in
                let place = "\(Character(UnicodeScalar(UInt8(65 + column))))\(row + 1)"
                if text.isEmpty { return "" }
                return Double(text) == nil ? "<c r='\(place)' t='str'><v>\(text)</v></c>" : "<c r='\(place)'><v>\(text)</v></c>"
            }
            return "<row r='\(row + 1)'>\(cells.joined())</row>"
        }
        let book = SheetXML.book(sheet.joined())
        var reader = TableFileReader(size: book.count)
        var rows = again.map { TableRows($0) } ?? TableRows(isSheet: true)
        reading: while true {
            switch try reader.next() {
            case .read(let range): try reader.supply(Array(book[range.clamped(to: 0..<book.count)]))
            case .records(let batch): rows.add(batch)
            case .end: break reading
            default: break
            }
        }
        rows.finish()
        var found = (shape: rows.shape ?? SheetShape(), rows: [String](), lines: [Int](), first: [Int]())
        while let batch = rows.next() {
            found.first.append(batch.firstRecord)
            for record in 0..<batch.count {
                found.rows.append(batch.row(record).map { $0 ?? "-" }.joined(separator: "|"))
                found.lines.append(batch.lines[record])
            }
        }
        return found
    }

    @Test(
        arguments: [
            (["day|n", "a|1", "b|2"], 0, 1, ["day", "n"], ["a|1", "b|2"]),
            (["Report of May", "", "day|n|m", "a|1|2", "", "b|2|3"], 2, 1, ["day", "n", "m"], ["a|1|2", "b|2|3"]),
            (["1|2", "3|4"], 0, 0, nil, ["1|2", "3|4"]), (["city|2022|2023|2024", "a|1|2|3"], 0, 1, ["city", "2022", "2023", "2024"], ["a|1|2|3"]),
            (["|North||South", "day|n|m|n", "a|1|2|3", "b|1|2|3"], 0, 2, ["day", "North n", "North m", "South n"], ["a|1|2|3", "b|1|2|3"]),
            (
                ["Sales|||", "Region|2023||2024|", "|Units|Price|Units|Price", "||(EUR)||(EUR)", "a|1|2|3|4", "b|5|6|7|8"], 1, 3,
                ["Region", "2023 Units", "2023 Price (EUR)", "2024 Units", "2024 Price (EUR)"], ["a|1|2|3|4", "b|5|6|7|8"]
            ),
            (["a|b", "c|d", "e|f"], 0, 1, ["a", "b"], ["c|d", "e|f"]), (["a|5|x", "b|6|y"], 0, 0, nil, ["a|5|x", "b|6|y"]), ([], 0, 0, nil, []),
        ] as [([String], Int, Int, [String]?, [String])])
    func headers(lines: [String], skip: Int, header: Int, names: [String]?, rows: [String]) throws {
        let found = try Self.read(lines)
        #expect(found.shape.skipRows == skip)
        #expect(found.shape.headerRows == header)
        #expect(found.shape.header == names)
        #expect(found.rows == rows)
        // A later reading finds the same rows.
        #expect(try Self.read(lines, again: found.shape).rows == rows)
    }

    @Test func recordsAreNumberedThroughAndKeepTheirLines() throws {
        let lines = ["", "id|n"] + (0..<9000).map { $0 % 1000 == 7 ? "" : "x\($0)|\($0)" }
        let found = try Self.read(lines)
        #expect(found.rows.count == 8991)
        #expect(found.lines.first == 3 && found.lines.last == 9002)
        #expect(found.first.first == 0 && found.first.count > 1)
    }
}
