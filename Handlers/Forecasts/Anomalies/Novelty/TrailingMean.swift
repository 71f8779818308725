/// The mean of the last values, this one among them; before there are so many, the first stands for those that are missing.
struct TrailingMean: Sendable {
    private var ring: [Double] = []
    private var next = 0
    private let length: Int

    init(length: Int) { self.length = length }

    /// What stood there `length` steps before.
    private(set) var leaving = 0.0

    mutating func add(_ value: Double) -> Double {
        if ring.isEmpty { ring = [Double](repeating: value, count: length) }
        leaving = ring[next]
        ring[next] = value
        next = (next + 1) % length
        return ring.reduce(0, +) / Double(length)
    }
}
