/// The last values of a stream in order of size, for running medians and quantiles.
///
/// A value goes in and the oldest out by a binary search and one move of memory: no allocation once it is full.
struct SortedWindow: Sendable {
    private let capacity: Int
    private var sorted: [Double] = []
    private var ring: [Double] = []
    private var next = 0

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { sorted.count }

    /// The value at a share of the order, the nearest rank; nil while empty.
    func quantile(_ share: Double) -> Double? {
        sorted.isEmpty ? nil : sorted[Int((share * Double(sorted.count - 1)).rounded())]
    }

    /// The mean distance to the nearest values; nil while there are too few.
    func distance(of value: Double, neighbours: Int) -> Double? {
        guard sorted.count >= neighbours else { return nil }
        var above = place(of: value)
        var below = above - 1
        var sum = 0.0
        for _ in 0..<neighbours {
            let up = above < sorted.count ? sorted[above] - value : .infinity
            let down = below >= 0 ? value - sorted[below] : .infinity
            sum += min(up, down)
            if up <= down { above += 1 } else { below -= 1 }
        }
        return sum / Double(neighbours)
    }

    mutating func insert(_ value: Double) {
        if ring.count < capacity {
            ring.append(value)
        } else {
            sorted.remove(at: place(of: ring[next]))
            ring[next] = value
            next = (next + 1) % capacity
        }
        sorted.insert(value, at: place(of: value))
    }

    /// The first place whose value is not smaller.
    private func place(of value: Double) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
