import Tabular
import Testing

/// Files such as offices publish, read without a hint.
@Suite struct OpenDataTests {
    /// What stands beside the table is left out, and each cell is read as it was written, in at least 95 of 100 files.
    @Test(arguments: [UInt64(0), 1000]) func tablesAreReadAsTheyAreMeant(first: UInt64) throws {
        var count = 0
        var lost: [String] = []
        for seed in first..<first + 150 {
            guard let file = OpenDataFile(seed: seed + 1) else { continue }
            count += 1
            let read = try ReadDelimited(bytes: file.bytes)
            if read.header != file.header || read.rows != file.rows { lost.append("\(seed + 1): \(file.parts)") }
        }
        #expect(count > 100)
        #expect(lost.count * 20 <= count, "\(lost.count) of \(count): \(lost.prefix(20))")
    }
}
