import Kernel
import Tabular
import Testing

/// What holds for every file, readable or not.
@Suite struct TablePropertyTests {
    /// Xorshift (Marsaglia 2003), so that each run tries the same files.
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private static let tokens: [[UInt8]] =
        [
            ",", ";", "\t", "\"", "\"\"", "\n", "\r\n", "\r", " ", "date", "v", "2024-01-31", "2024-02-30", "31.01.2024", "1", "-2.5", "1e9", "x",
            "ü", "\u{FEFF}",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0], [0xED, 0xA0, 0x80]]

    private static func outcome(_ bytes: [UInt8], pieces: Int, limits: TableLimits) -> String {
        do throws(AppError) {
            let table = try ReadTable(bytes: bytes, pieces: pieces, limits: limits)
            return "\(table.rows) \(table.summary) \(String(describing: table.layout))"
        } catch { return error.message }
    }

    @Test("a file is read the same way however it arrives, and never stops the reader", arguments: 1...40 as ClosedRange<UInt64>)
    func arrival(seed: UInt64) {
        var random = Random(state: seed &* 0x9E37_79B9_7F4A_7C15)
        var limits = TableLimits()
        limits.sampleBytes = 64
        limits.fieldBytes = 100
        limits.recordBytes = 300
        limits.columns = 12
        for round in 0..<40 {
            var bytes = round % 2 == 0 ? Array("date,v\n2024-01-30,1\n2024-01-31,2\n".utf8) : []
            for _ in 0..<Int.random(in: 0...80, using: &random) {
                // Rarely what ends the reading, or most files would end early.
                let readable = Int.random(in: 0...30, using: &random) > 0
                bytes += Self.tokens[Int.random(in: 0..<(readable ? 20 : Self.tokens.count), using: &random)]
            }
            let whole = Self.outcome(bytes, pieces: max(bytes.count, 1), limits: limits)
            for pieces in [1, 7, 64] { #expect(Self.outcome(bytes, pieces: pieces, limits: limits) == whole, "\(bytes)") }
        }
    }

    @Test("rows read are rows kept and rows refused", arguments: 1...10 as ClosedRange<UInt64>)
    func counts(seed: UInt64) throws {
        var random = Random(state: seed)
        var text = "date,a,b\n"
        for row in 0..<500 {
            let day = Int.random(in: 1...40, using: &random)
            text += "2024-01-\(day < 10 ? "0" : "")\(day),\(row),\(row % 7 == 0 ? "" : "\(row)")\(row % 50 == 49 ? ",extra" : "")\n"
        }
        var limits = TableLimits()
        limits.batchCells = 100
        limits.namedRefusals = 1000
        let table = try ReadTable(text, limits: limits)
        #expect(table.summary.rowsRead == 500)
        #expect(table.summary.refusals.count == table.summary.rowsRefused)
        let kept = Set(table.rows.compactMap { $0.split(separator: " ").first })
        let refused = Set(table.summary.refusals.map { "\($0.line)" })
        #expect(kept.union(refused.map { $0[...] }).count == 500)
    }
}
