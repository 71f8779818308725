/// The mean of the last values.
struct MovingMean: Sendable {
    private let length: Int
    private var ring: [Double] = []
    private var next = 0

    init(length: Int) { self.length = max(1, length) }

    /// The mean with a further value.
    mutating func mean(with value: Double) -> Double {
        if ring.count < length {
            ring.append(value)
        } else {
            ring[next] = value
            next = (next + 1) % length
        }
        return ring.reduce(0, +) / Double(ring.count)
    }
}

/// An exponentially weighted mean of what came before.
struct DecayingMean: Sendable {
    private let rate: Double
    private(set) var value: Double?

    init(rate: Double) { self.rate = rate }

    mutating func learn(_ new: Double) {
        if let old = value { value = old + rate * (new - old) } else { value = new }
    }
}
