import Tabular

/// A batch of records from rows of texts.
func batch(_ rows: [[String]], firstRecord: Int = 0) -> RecordBatch {
    var batch = RecordBatch(firstRecord: firstRecord)
    for (index, row) in rows.enumerated() {
        for field in row { batch.append(field) }
        batch.endRecord(line: firstRecord + index + 2)
    }
    return batch
}

/// What a table of these columns holds.
func profile(
    _ names: [String], _ rows: [[String]], delimiter: Character? = nil, overrides: [String: ColumnOverride] = [:], size: Int = 4096
) -> TableProfile {
    var profiler = TableProfiler(names: names, delimiter: delimiter?.asciiValue, overrides: overrides)
    var first = 0
    while first < rows.count {
        let end = min(first + size, rows.count)
        profiler.add(batch(Array(rows[first..<end]), firstRecord: first))
        first = end
    }
    return profiler.finish()
}

/// What a column of these fields holds.
func column(_ fields: [String], name: String = "column", delimiter: Character? = nil, override: ColumnOverride? = nil) -> ColumnProfile {
    profile([name], fields.map { [$0] }, delimiter: delimiter, overrides: override.map { [name: $0] } ?? [:]).columns[0]
}

extension ColumnProfile {
    /// Least, greatest and sum in one line.
    var range: String {
        func text(_ value: ProfileValue?) -> String {
            switch value {
            case nil: "-"
            case .number(let number): "\(number)"
            case .text(let text): text
            }
        }
        return "\(text(min)) \(text(max)) \(sum.map { "\($0)" } ?? "-")"
    }
}
