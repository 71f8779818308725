import Imports
import Testing

@Suite("Values that meet") struct ValueMergeTests {
    @Test(
        "several values of one series at one time become one",
        arguments: [
            (Aggregation.last, 8.0), (.first, 2), (.sum, 15), (.mean, 5), (.min, 2), (.max, 8), (.count, 3),
        ])
    func kinds(aggregation: Aggregation, expected: Double) {
        var merge = ValueMerge(aggregation)
        for (series, time, value) in [(1, 10, 2.0), (2, 10, 7), (1, 10, 5), (1, 20, 1), (1, 10, 8)] as [(Int32, Int64, Double)] {
            merge.add(series, time, value)
        }
        let taken = merge.take()
        #expect(taken.series == [1, 1, 2] && taken.times == [10, 20, 10] && taken.counts == [3, 1, 1])
        #expect(taken.values[0] == expected)
        #expect(merge.count == 0)
    }

    @Test("what comes in order stays as it is") func ordered() {
        var merge = ValueMerge(.sum)
        for time in 0..<5 as Range<Int64> { for series in [2, 1] as [Int32] { merge.add(series, time, Double(time)) } }
        let taken = merge.take()
        #expect(taken.series == [2, 1, 2, 1, 2, 1, 2, 1, 2, 1] && taken.counts.allSatisfy { $0 == 1 })
    }
}
