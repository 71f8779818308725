import HandlerKit
import Tabular
import TextAnalysis

/// `tenantry sentiment --input FILE --output FILE`: the tone of each text of a table with the columns `id` and `text`.
enum SentimentCommand {
    static let command = ProgramCommand("sentiment") { call in
        if let word = call.arguments.first { throw AppError.invalid(word, "is not known; expected nothing behind the files") }
        var reader = DelimitedReader(overrides: overrides)
        var scorer = SentimentScorer()
        var columns: TextColumns?
        func begin() throws(AppError) -> TextColumns {
            if let columns { return columns }
            let found = try TextColumns(reader.shape?.header ?? [])
            try call.write(Array("id,score,label\n".utf8))
            columns = found
            return found
        }
        func drain() throws(AppError) {
            while let batch = reader.next() {
                let columns = try begin()
                var answer: [UInt8] = []
                answer.reserveCapacity(batch.count * 32)
                for record in 0..<batch.count { columns.answer(batch, record, &scorer, into: &answer) }
                try call.write(answer)
            }
        }
        try call.forEachPiece { piece throws(AppError) in
            try reader.feed(piece)
            try drain()
        }
        try reader.finish()
        try drain()
        _ = try begin()
    }

    private static let overrides: ShapeOverrides = {
        var overrides = ShapeOverrides()
        overrides.encoding = "utf-8"
        overrides.delimiter = ","
        overrides.quote = "\""
        overrides.skipRows = 0
        overrides.headerRows = 1
        return overrides
    }()
}

/// Where the id and the text stand in a record.
struct TextColumns {
    private let id: Int
    private let text: Int

    init(_ header: [String]) throws(AppError) {
        func column(_ name: String) throws(AppError) -> Int {
            guard let column = header.firstIndex(of: name) else {
                throw AppError.invalid("header", "expected a column \(name); expected are id and text")
            }
            return column
        }
        id = try column("id")
        text = try column("text")
    }

    func answer(_ batch: RecordBatch, _ record: Int, _ scorer: inout SentimentScorer, into answer: inout [UInt8]) {
        let fields = batch.fields(of: record)
        func bytes(_ column: Int) -> [UInt8] {
            guard fields.lowerBound + column < fields.upperBound else { return [] }
            return batch.withField(fields.lowerBound + column) { [UInt8]($0) }
        }
        let sentiment = scorer.score(bytes(text).span)
        appendCell(bytes(id), to: &answer)
        answer.append(UInt8(ascii: ","))
        appendScore(sentiment.score, to: &answer)
        answer.append(UInt8(ascii: ","))
        answer += Array(sentiment.label.rawValue.utf8)
        answer.append(UInt8(ascii: "\n"))
    }

    /// A cell of CSV (RFC 4180, section 2).
    private func appendCell(_ bytes: [UInt8], to answer: inout [UInt8]) {
        guard bytes.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else { return answer += bytes }
        answer.append(0x22)
        for byte in bytes {
            if byte == 0x22 { answer.append(0x22) }
            answer.append(byte)
        }
        answer.append(0x22)
    }

    /// From -1.0000 to 1.0000.
    private func appendScore(_ score: Double, to answer: inout [UInt8]) {
        let number = Int((abs(score) * 10_000).rounded())
        if score < 0, number > 0 { answer.append(UInt8(ascii: "-")) }
        answer.append(UInt8(ascii: "0") + UInt8(number / 10_000))
        answer.append(UInt8(ascii: "."))
        for power in [1000, 100, 10, 1] { answer.append(UInt8(ascii: "0") + UInt8(number / power % 10)) }
    }
}
