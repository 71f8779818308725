import HandlerKit
import Tabular

/// The values of some rows as the database takes them: three arrays side by side, absent values left out.
struct ValueBatch: Sendable {
    /// The column's place among the columns with numbers, from 1.
    private(set) var places: BinaryArray
    private(set) var times: BinaryArray
    private(set) var values: BinaryArray

    init(_ batch: TableBatch) {
        places = BinaryArray(of: .int32, capacity: batch.values.count)
        times = BinaryArray(of: .timestamp, capacity: batch.values.count)
        values = BinaryArray(of: .float8, capacity: batch.values.count)
        for row in 0..<batch.count {
            let time = Timestamp(microseconds: batch.times[row])
            for column in 0..<batch.width {
                let value = batch.values[row * batch.width + column]
                if value.isNaN { continue }
                places.append(Int32(truncatingIfNeeded: column + 1))
                times.append(time)
                values.append(value)
            }
        }
    }

    /// Of no rows.
    static let empty = ValueBatch(TableBatch(times: [], lines: [], values: [], width: 1))
}
