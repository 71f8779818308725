import Kernel
import Tabular
import Testing

/// A shape that was found once and kept as JSON reads the same records again.
@Suite struct ShapeAgainTests {
    private static func again(_ text: String) throws -> (first: [[String?]], second: [[String?]], shape: TableShape) {
        func read(_ reader: consuming DelimitedReader) throws -> ([[String?]], TableShape) {
            var reader = reader
            try reader.feed(Array(text.utf8))
            try reader.finish()
            var rows: [[String?]] = []
            while let batch = reader.next() { for record in 0..<batch.count { rows.append(batch.row(record)) } }
            return (rows, reader.shape ?? TableShape())
        }
        let (first, shape) = try read(DelimitedReader())
        let kept = try JSON.decode(TableShape.self, from: try JSON.read(try JSON.encode(shape)))
        #expect(kept == shape)
        return (first, try read(DelimitedReader(shape: kept)).0, shape)
    }

    @Test func aColumnOfTextWithCommasStaysOneColumn() throws {
        let lines = [
            "All was well", "Rain, and a late delivery", "Nothing", "Two of three pallets came", "Closed at noon, because of the feast, until Monday",
            "Quiet", "The scale was mended", "Nobody asked for anything", "Full by ten, queues outside", "As usual",
        ]
        let found = try Self.again("remark\n" + lines.joined(separator: "\n") + "\n")
        #expect(found.shape.isUndelimited && found.shape.columns == 1)
        #expect(found.first == lines.map { [$0] })
        #expect(found.second == found.first)
    }

    @Test(arguments: [
        "Report\n\n;2023;;2024\nOrt;Menge;Preis;Menge\nUlm;1;2,5;3\nBonn;2;3,5;4\n\nQuelle: Amt\n",
        "a, b, c\n1, 2, 3\n4, 5, 6\n", "a|'b'|c\n1|'x|y'|3\n4|'z'|6\n", "a;b;\n1;2;\n3;4;\n",
    ])
    func whatWasFoundIsReadAgain(text: String) throws {
        let found = try Self.again(text)
        #expect(!found.first.isEmpty && found.second == found.first)
    }
}
