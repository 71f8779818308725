/// How new two numbers are together, as an hour beside its day: their mean distance to the nearest pairs of the past.
struct PairNovelty: Sendable {
    private struct Pair: Sendable {
        var first: Double
        var second: Double
    }

    private var past: [Pair] = []
    private var oldest = 0
    private var recent: [Pair] = []
    private var nearest: [Double]
    private var scale: NoveltyScale
    private let history: Int
    private let apart: Int
    private let least: Int

    /// - Parameter history: how many pairs are looked back.
    /// - Parameter apart: so many steps back counts as another time.
    /// - Parameter least: distances to fewer pairs are no measure of others.
    init(history: Int, apart: Int, neighbours: Int = 3, least: Int = 0, scale: NoveltyScale) {
        self.history = history
        self.apart = apart
        self.least = least
        self.scale = scale
        nearest = [Double](repeating: .infinity, count: neighbours)
    }

    mutating func next(_ first: Double, _ second: Double) -> Double {
        let pair = Pair(first: first, second: second)
        let ratio = scale.next(distance(of: pair) ?? 0, learns: past.count >= least)
        recent.append(pair)
        if recent.count >= apart { remember(recent.removeFirst()) }
        return ratio
    }

    private mutating func remember(_ pair: Pair) {
        guard past.count == history else { return past.append(pair) }
        past[oldest] = pair
        oldest = (oldest + 1) % history
    }

    /// nil while there are too few.
    private mutating func distance(of pair: Pair) -> Double? {
        guard past.count >= nearest.count else { return nil }
        for place in nearest.indices { nearest[place] = .infinity }
        let last = nearest.count - 1
        var farthest = Double.infinity
        for other in past {
            let (x, y) = (pair.first - other.first, pair.second - other.second)
            let square = x * x + y * y
            guard square < farthest else { continue }
            var place = last
            while place > 0, nearest[place - 1] > square {
                nearest[place] = nearest[place - 1]
                place -= 1
            }
            nearest[place] = square
            farthest = nearest[last]
        }
        return nearest.reduce(0) { $0 + $1.squareRoot() } / Double(nearest.count)
    }
}
