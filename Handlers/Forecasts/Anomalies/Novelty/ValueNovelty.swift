/// How new a value is: its mean distance to the nearest of the past, without the very last ones.
struct ValueNovelty: Sendable {
    private var past: SortedWindow
    private var scale: NoveltyScale
    /// The last values, which are like this one because nothing has happened in between.
    private var recent: [Double] = []
    private let apart: Int
    private static let neighbours = 3

    /// - Parameter history: how many values are looked back.
    /// - Parameter apart: so many steps back counts as another time.
    init(history: Int, apart: Int, scale: NoveltyScale) {
        past = SortedWindow(capacity: history)
        self.apart = apart
        self.scale = scale
    }

    mutating func next(_ value: Double) -> Double {
        let ratio = scale.next(past.distance(of: value, neighbours: Self.neighbours) ?? 0)
        recent.append(value)
        if recent.count >= apart { past.insert(recent.removeFirst()) }
        return ratio
    }
}
