/// Rows on their way into a batch.
struct BatchBuilder: ~Copyable, @unchecked Sendable {
    let width: Int
    private let capacity: Int
    private let times: UnsafeMutablePointer<Int64>
    private let lines: UnsafeMutablePointer<Int>
    private let values: UnsafeMutablePointer<Double>
    private(set) var count = 0

    init(width: Int, cells: Int) {
        self.width = width
        capacity = max(cells / width, 1)
        times = .allocate(capacity: capacity)
        lines = .allocate(capacity: capacity)
        values = .allocate(capacity: capacity * width)
    }

    deinit {
        times.deallocate()
        lines.deallocate()
        values.deallocate()
    }

    var isFull: Bool { count == capacity }

    /// Where the next row's values go: as many as the batch is wide. Lost unless ``commit(time:line:)`` follows.
    @inline(__always)
    var next: UnsafeMutablePointer<Double> { values + count * width }

    @inline(__always)
    mutating func commit(time: Int64, line: Int) {
        (times + count).initialize(to: time)
        (lines + count).initialize(to: line)
        count += 1
    }

    /// The rows so far, in a batch of their own.
    mutating func take() -> TableBatch {
        defer { count = 0 }
        return TableBatch(
            times: Array(UnsafeBufferPointer(start: times, count: count)),
            lines: Array(UnsafeBufferPointer(start: lines, count: count)),
            values: Array(UnsafeBufferPointer(start: values, count: count * width)),
            width: width)
    }
}
