/// Quantiles of any number of values in little memory: exact up to ``size`` values, then within about 2.3 / size^0.9 of the rank. Mergeable.
///
/// Karnin, Lang, Liberty (2016), "Optimal quantile approximation in streams" (KLL): a level that is full is sorted, and every second value of it goes up
/// with twice the weight; which of the two is drawn from a generator that the caller seeds.
public struct QuantileSketch: Sendable {
    /// How many values the highest level holds.
    public let size: Int
    private var levels: [[Double]] = [[]]
    private var random: UInt64
    /// How many values there were.
    public private(set) var count = 0

    /// - Parameters:
    ///   - size: at least 16; defaults to 2,048, about 48 KiB.
    ///   - seed: where the draws begin.
    public init(size: Int = 2048, seed: UInt64 = 0x9E37_79B9_7F4A_7C15) {
        self.size = max(size, 16)
        random = seed | 1
    }

    /// Whether every value is still there.
    public var isExact: Bool { levels.count == 1 }

    /// Adds a finite number.
    @inline(__always)
    public mutating func add(_ value: Double) {
        count += 1
        levels[0].append(value)
        if levels[0].count >= capacity(0) { compact() }
    }

    @inline(__always)
    private func capacity(_ level: Int) -> Int {
        var share = size
        for _ in 0..<(levels.count - 1 - level) {
            share = share * 2 / 3
            if share < 32 { return min(32, size) }
        }
        return share
    }

    private mutating func compact() {
        var level = 0
        while level < levels.count {
            guard levels[level].count >= capacity(level) else {
                level += 1
                continue
            }
            if level + 1 == levels.count { levels.append([]) }
            var values = levels[level]
            levels[level] = []
            values.sort()
            // An odd value stays, so that weights add up to the count.
            if values.count % 2 == 1 { levels[level].append(values.removeLast()) }
            var index = draw() ? 1 : 0
            while index < values.count {
                levels[level + 1].append(values[index])
                index += 2
            }
            level += 1
        }
    }

    /// Xorshift (Marsaglia 2003).
    private mutating func draw() -> Bool {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return random & 0x100 != 0
    }

    /// Adds what another one has seen.
    public mutating func merge(_ other: QuantileSketch) {
        count += other.count
        for (level, values) in other.levels.enumerated() {
            while levels.count <= level { levels.append([]) }
            levels[level] += values
        }
        while levels.indices.contains(where: { levels[$0].count >= capacity($0) }) { compact() }
    }

    /// The values in order, for questions about them.
    public func sorted() -> SortedSample {
        var pairs: [(value: Double, weight: Int)] = []
        pairs.reserveCapacity(levels.reduce(0) { $0 + $1.count })
        for (level, values) in levels.enumerated() {
            for value in values { pairs.append((value, 1 << level)) }
        }
        pairs.sort { $0.value < $1.value }
        return SortedSample(pairs: pairs, isExact: isExact)
    }
}

/// Values in order, each standing for one or more of those seen.
public struct SortedSample: Sendable {
    private let values: [Double]
    /// How many values stand at or before each place.
    private let ranks: [Int]
    /// Whether each value stands for itself alone.
    public let isExact: Bool

    init(pairs: [(value: Double, weight: Int)], isExact: Bool) {
        values = pairs.map(\.value)
        var sum = 0
        ranks = pairs.map { pair in
            sum += pair.weight
            return sum
        }
        self.isExact = isExact
    }

    /// The value below which a share of the values lies, 0…1; nil where there are none.
    ///
    /// Between two values it is interpolated (Hyndman, Fan 1996, definition 7) where all values are there, else it is one of them.
    public func quantile(_ share: Double) -> Double? {
        guard let last = values.last, let all = ranks.last else { return nil }
        let place = min(max(share, 0), 1) * Double(all - 1)
        if isExact {
            let low = Int(place)
            guard low + 1 < values.count else { return last }
            let part = place - Double(low)
            return part == 0 ? values[low] : values[low] + (values[low + 1] - values[low]) * part
        }
        let wanted = Int(place.rounded()) + 1
        return values[min(firstIndex { ranks[$0] >= wanted }, values.count - 1)]
    }

    /// How many of the values are at most a value, about.
    public func rank(_ value: Double) -> Int {
        let index = firstIndex { values[$0] > value }
        return index == 0 ? 0 : ranks[index - 1]
    }

    private func firstIndex(where holds: (Int) -> Bool) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
