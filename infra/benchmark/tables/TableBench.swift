import Glibc
import Kernel
import Tabular

/// Reads a delimited text on one thread and prints the seconds that took and the rows: `table-bench records|values|profile FILE`.
/// `infra/bench --only reading` runs it.
@main enum TableBench {
    private static let pieceBytes = 256 << 10

    static func main() {
        let words = CommandLine.arguments
        guard words.count == 3, let mode = Mode(rawValue: words[1]), let file = fopen(words[2], "r") else {
            print("usage: table-bench records|values|profile FILE")
            exit(64)
        }
        do {
            let begin = ContinuousClock.now
            let rows = try read(file, mode)
            print(Double(begin.duration(to: .now).microseconds) / 1_000_000, rows)
        } catch {
            print("table-bench: \(error)")
            exit(1)
        }
    }

    private enum Mode: String { case records, values, profile }

    private static func read(_ file: UnsafeMutablePointer<FILE>, _ mode: Mode) throws(AppError) -> Int {
        var reader = DelimitedReader()
        var rows = Rows(mode: mode)
        while true {
            let piece = [UInt8](unsafeUninitializedCapacity: pieceBytes) { buffer, count in
                count = fread(buffer.baseAddress, 1, pieceBytes, file)
            }
            if piece.isEmpty { break }
            try reader.feed(piece)
            while let batch = reader.next() { rows.take(batch, reader.shape) }
        }
        try reader.finish()
        while let batch = reader.next() { rows.take(batch, reader.shape) }
        return rows.finish()
    }

    /// What is made of the records.
    private struct Rows {
        let mode: Mode
        private var rows = 0
        private var sum = 0.0
        private var profiler: TableProfiler?
        private var readers: [ColumnReader] = []

        init(mode: Mode) { self.mode = mode }

        mutating func take(_ batch: RecordBatch, _ shape: TableShape?) {
            rows += batch.count
            switch mode {
            case .records: break
            case .profile:
                if profiler == nil { profiler = TableProfiler(names: shape?.header ?? [], delimiter: shape?.delimiter.utf8.first) }
                profiler?.add(batch)
            case .values:
                // The first batch decides on the types, as an import has them from the file's report.
                if readers.isEmpty {
                    var first = TableProfiler(names: shape?.header ?? [], delimiter: shape?.delimiter.utf8.first)
                    first.add(batch)
                    readers = first.finish().columns.map { ColumnReader($0.type) }
                }
                for record in 0..<batch.count { read(batch, batch.fields(of: record)) }
            }
        }

        @inline(__always)
        private mutating func read(_ batch: RecordBatch, _ fields: Range<Int>) {
            for index in 0..<min(fields.count, readers.count) {
                switch batch.withField(fields.lowerBound + index, { readers[index].read($0) }) {
                case .number(let number): sum += number
                case .time(let micros): sum += Double(micros)
                default: break
                }
            }
        }

        mutating func finish() -> Int {
            if let profiler { sum += Double(profiler.finish().rows) }
            return sum.isNaN ? 0 : rows
        }
    }
}
