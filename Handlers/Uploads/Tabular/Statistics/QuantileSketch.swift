/// Quantiles of any number of values in little memory: exact up to ``size`` values, then within about 2.3 / size^0.9 of the rank. Mergeable.
///
/// Karnin, Lang, Liberty (2016), "Optimal quantile approximation in streams" (KLL): a level that is full is sorted, and every second value of it goes up
/// with twice the weight; which of the two is drawn from a generator that the caller seeds. Once there are many levels the lowest one is dropped and
/// of each two, four, eight … values one is drawn, as in section 3.2 there, so that long streams cost little.
public struct QuantileSketch: Sendable {
    /// How many values the highest level holds.
    public let size: Int
    /// The lowest level: each value stands for 2^shift of those seen.
    private var base: [Double] = []
    private var shift = 0
    /// Of the values that the next one on the lowest level is drawn from: how many came, which is taken, and that one.
    private var arrived = 0
    private var taken = 0
    private var drawn = 0.0
    /// The others, each value standing for twice as many as on the level below.
    private var upper: [[Double]] = []
    /// Where the lowest level is full.
    private var room: Int
    private var random: UInt64
    /// How many values there were.
    public private(set) var count = 0

    /// - Parameters:
    ///   - size: at least 16; defaults to 2,048, about 48 KiB.
    ///   - seed: where the draws begin.
    public init(size: Int = 2048, seed: UInt64 = 0x9E37_79B9_7F4A_7C15) {
        self.size = max(size, 16)
        room = self.size
        random = seed | 1
    }

    /// Whether every value is still there.
    public var isExact: Bool { upper.isEmpty && shift == 0 }

    /// Adds a finite number.
    @inline(__always)
    public mutating func add(_ value: Double) {
        count += 1
        if shift == 0 {
            base.append(value)
            if base.count >= room { compact() }
        } else {
            sample(value)
        }
    }

    @inline(__always)
    private mutating func sample(_ value: Double) {
        if arrived == taken { drawn = value }
        arrived += 1
        guard arrived == 1 << shift else { return }
        arrived = 0
        _ = draw()
        taken = Int(truncatingIfNeeded: random >> 20) & (1 << shift - 1)
        base.append(drawn)
        if base.count >= room { compact() }
    }

    /// Two thirds of the level above; never less than an eighth of the highest, so that sorting pays.
    private func capacity(_ level: Int) -> Int {
        var share = size
        for _ in 0..<(upper.count - level) where share > size / 8 { share = share * 2 / 3 }
        return max(share, 16)
    }

    private mutating func compact() {
        var level = 0
        while level <= upper.count {
            if level == 0 ? base.count >= capacity(0) : upper[level - 1].count >= capacity(level) { halve(level) }
            level += 1
        }
        while upper.count > 5 { raise() }
        room = capacity(0)
    }

    /// Drops the lowest level into the next one, which takes its place.
    private mutating func raise() {
        if base.count & 1 == 1 { base.append(base[0]) }
        halve(0)
        base = upper.removeFirst()
        shift += 1
        arrived = 0
        taken = 0
    }

    /// Every second value of a level goes up. An odd one stays, so that weights add up to the count.
    private mutating func halve(_ level: Int) {
        if level == upper.count { upper.append([]) }
        if level == 0 { base.sort() } else { upper[level - 1].sort() }
        let count = (level == 0 ? base.count : upper[level - 1].count) & ~1
        var index = draw() ? 1 : 0
        while index < count {
            upper[level].append(level == 0 ? base[index] : upper[level - 1][index])
            index += 2
        }
        if level == 0 { base.removeFirst(count) } else { upper[level - 1].removeFirst(count) }
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
        var other = other
        count += other.count
        while shift < other.shift { raiseEmpty() }
        while other.shift < shift { other.raiseEmpty() }
        base += other.base
        while upper.count < other.upper.count { upper.append([]) }
        for (level, values) in other.upper.enumerated() { upper[level] += values }
        while base.count >= capacity(0) || upper.indices.contains(where: { upper[$0].count >= capacity($0 + 1) }) { compact() }
        room = capacity(0)
    }

    /// The same with one level more or less.
    private mutating func raiseEmpty() {
        if upper.isEmpty { upper.append([]) }
        raise()
    }

    /// The values in order, for questions about them.
    public func sorted() -> SortedSample {
        var pairs: [(value: Double, weight: Int)] = []
        pairs.reserveCapacity(upper.reduce(base.count) { $0 + $1.count })
        for value in base { pairs.append((value, 1 << shift)) }
        for (level, values) in upper.enumerated() {
            for value in values { pairs.append((value, 2 << (level + shift))) }
        }
        pairs.sort { $0.value < $1.value }
        return SortedSample(pairs: pairs, count: count, isExact: isExact)
    }
}

/// Values in order, each standing for one or more of those seen.
public struct SortedSample: Sendable {
    private let values: [Double]
    /// How many values stand at or before each place.
    private let ranks: [Int]
    private let count: Int
    /// Whether each value stands for itself alone.
    public let isExact: Bool

    init(pairs: [(value: Double, weight: Int)], count: Int, isExact: Bool) {
        self.count = count
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
        guard index > 0, let all = ranks.last else { return 0 }
        return isExact ? ranks[index - 1] : Int(Double(ranks[index - 1]) / Double(all) * Double(count))
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
