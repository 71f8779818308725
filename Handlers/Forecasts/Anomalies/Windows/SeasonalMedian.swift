/// What stood at the same time in the last cycles: the median over them, with close neighbours.
struct SeasonalMedian: Sendable {
    private let period: Int
    private let cycles: Int
    private let neighbours: Int
    private var ring: [Double] = []
    private var next = 0
    private var picked: [Double] = []

    /// - Parameter period: steps of a cycle.
    /// - Parameter cycles: how many are looked back.
    init(period: Int, cycles: Int) {
        self.period = period
        self.cycles = cycles
        neighbours = period >= 288 ? 3 : period >= 96 ? 2 : period >= 24 ? 1 : 0
    }

    private var capacity: Int { period * cycles + neighbours }

    /// What is to be expected of the next value; nil before the first cycle is over.
    mutating func expected() -> Double? {
        picked.removeAll(keepingCapacity: true)
        for cycle in 1...cycles {
            for shift in -neighbours...neighbours {
                let back = cycle * period - shift
                if back >= 1, back <= ring.count { picked.append(ring[(next + ring.count - back) % ring.count]) }
            }
        }
        guard !picked.isEmpty else { return nil }
        picked.sort()
        let middle = picked.count / 2
        return picked.count % 2 == 1 ? picked[middle] : (picked[middle - 1] + picked[middle]) / 2
    }

    mutating func learn(_ value: Double) {
        if ring.count < capacity {
            ring.append(value)
        } else {
            ring[next] = value
            next = (next + 1) % capacity
        }
    }
}
