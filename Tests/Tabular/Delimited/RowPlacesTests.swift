import Kernel
import Tabular
import Testing

/// Reading that begins in the middle of a text.
@Suite struct RowPlacesTests {
    @Test("from each place that was noted on, the records are those of the whole, with their numbers and lines", arguments: ["", "\u{FEFF}"])
    func resumed(mark: String) throws {
        var text = mark + "a title\n\nday;sales;remark\n"
        for row in 0..<60_000 {
            // Short rows, fields over two lines, quotes within quotes, empty cells.
            let remark = row % 50 == 3 ? "\"x \"\"y\"\"\nz\"" : row % 9 == 0 ? "" : String(repeating: "remark", count: 30)
            text += row % 1000 == 7 ? "short\(row);1\n" : "2026-01-01;\(row);\(remark)\n"
        }
        let bytes = Array(text.utf8)
        var reader = DelimitedReader()
        var places = RowPlaces()
        var whole: [RecordBatch] = []
        try Self.read(&reader, bytes[...]) { batch, shape in
            places.note(batch, mark: shape.mark)
            whole.append(batch)
        }
        let (found, records) = (reader.shape, reader.summary.records)
        let shape = try #require(found)
        #expect(places.places.count == bytes.count / (4 << 20) && places.places.count > 1 && records == 60_000)
        let rows = whole.flatMap { batch in (0..<batch.count).map { (batch.firstRecord + $0, batch.lines[$0], batch.row($0)) } }
        for place in places.places {
            var resumed = DelimitedReader(shape: shape, from: place)
            var again: [(Int, Int, [String?])] = []
            try Self.read(&resumed, bytes[place.byte...]) { batch, _ in
                again += (0..<batch.count).map { (batch.firstRecord + $0, batch.lines[$0], batch.row($0)) }
            }
            #expect(again.first?.0 == place.record && again.count == rows.count - place.record)
            #expect(zip(again, rows[place.record...]).allSatisfy { $0 == $1 })
        }
        #expect(places.nearest(toRow: 0, totals: []) == nil)
        let last = try #require(places.places.last)
        #expect(places.nearest(toRow: 59_999, totals: []) == last && places.nearest(toRow: last.record - 1, totals: [0]) == last)
        #expect(places.nearest(toRow: last.record - 1, totals: []) != last)
    }

    private static func read(
        _ reader: inout DelimitedReader, _ bytes: ArraySlice<UInt8>, _ take: (RecordBatch, TableShape) -> Void
    ) throws(AppError) {
        var rest = bytes
        while !rest.isEmpty {
            try reader.feed(Array(rest.prefix(100_000)))
            rest = rest.dropFirst(100_000)
            while let batch = reader.next() { take(batch, reader.shape ?? TableShape()) }
        }
        try reader.finish()
        while let batch = reader.next() { take(batch, reader.shape ?? TableShape()) }
    }
}
