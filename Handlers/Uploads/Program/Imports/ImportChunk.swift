import HandlerKit
import Imports

/// Some values of an import as the database takes them: arrays side by side.
struct ImportChunk: Sendable {
    /// The series' numbers, from 1.
    private(set) var places: BinaryArray
    private(set) var times: BinaryArray
    private(set) var values: BinaryArray
    /// How many values of the file each stands for.
    private(set) var counts: BinaryArray
    /// Series that are met here for the first time, in the order of their numbers.
    let newSeries: [Series]

    /// What becomes of several values of one series at one time.
    let aggregation: Aggregation

    /// Whether none of them can have been stored by an earlier chunk.
    let isFresh: Bool

    /// How many values one chunk holds, about.
    static let values = 50_000

    init(_ merge: ValueMerge, newSeries: [Series]) {
        self.newSeries = newSeries
        aggregation = merge.aggregation
        isFresh = merge.isFresh
        places = BinaryArray(of: .int32, capacity: merge.count)
        times = BinaryArray(of: .timestamp, capacity: merge.count)
        values = BinaryArray(of: .float8, capacity: merge.count)
        counts = BinaryArray(of: .int64, capacity: merge.count)
        for index in 0..<merge.count {
            places.append(merge.series[index])
            times.append(Timestamp(microseconds: merge.times[index]))
            values.append(merge.values[index])
            counts.append(merge.counts[index])
        }
    }
}
