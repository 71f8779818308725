/// Some rows of a table: a time and a value for each numeric column.
public struct TableBatch: Sendable {
    /// Each row's time, in microseconds since 1970-01-01T00:00:00Z.
    public let times: [Int64]
    /// Each row's line in the file, from 1.
    public let lines: [Int]
    /// Row after row, a value for each column; not-a-number where the cell is empty.
    public private(set) var values: [Double]
    /// How many values a row has.
    public let width: Int

    /// A batch of rows as they stand in the file.
    public init(times: [Int64], lines: [Int], values: [Double], width: Int) {
        self.times = times
        self.lines = lines
        self.values = values
        self.width = width
    }

    /// Rows in the batch.
    public var count: Int { times.count }

    /// Lets no time have two values in one column: the last row's holds, the earlier one becomes empty.
    ///
    /// Returns the rows that lost a value, in the order of the file, each with the row that replaced it last.
    mutating func keepLastOfEachTime() -> [(row: Int, by: Int)] {
        guard !isStrictlyOrdered else { return [] }
        let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
        var replaced: [(row: Int, by: Int)] = []
        var first = 0
        while first < order.count {
            var end = first + 1
            while end < order.count, times[order[end]] == times[order[first]] { end += 1 }
            if end - first > 1 { keepLast(order[first..<end], &replaced) }
            first = end
        }
        return replaced.sorted { $0.row < $1.row }
    }

    private mutating func keepLast(_ rows: ArraySlice<Int>, _ replaced: inout [(row: Int, by: Int)]) {
        var holder = [Int?](repeating: nil, count: width)
        for row in rows.reversed() {
            var by: Int?
            for column in 0..<width where !values[row * width + column].isNaN {
                if let later = holder[column] {
                    values[row * width + column] = .nan
                    by = max(by ?? later, later)
                } else {
                    holder[column] = row
                }
            }
            if let by { replaced.append((row, by)) }
        }
    }

    private var isStrictlyOrdered: Bool {
        guard times.count > 1 else { return true }
        let ascending = times[0] < times[1]
        for row in 1..<times.count where ascending ? times[row - 1] >= times[row] : times[row - 1] <= times[row] { return false }
        return true
    }
}
