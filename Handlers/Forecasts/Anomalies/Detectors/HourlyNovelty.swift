import Glibc

/// How new what happened in an hour is: a mean of four looks at it, each over how new such things ordinarily are.
///
/// An hour beside its last 24, an hour beside the one a day before, how restless two hours were, and the newest single value within the hour; the first
/// and the last count twice. One look takes for new what another has seen often; what is one, is new to several of them, or very new to one: so the
/// mean is the generalized one (Hölder's) with an exponent between that of the arithmetic mean and that of the root mean square.
struct HourlyNovelty: Sendable {
    private var day = TrailingMean(length: hoursOfDay)
    private var besideDay: PairNovelty
    private var besideYesterday: PairNovelty
    private var restlessness: PairNovelty
    private var values: ValueNovelty
    private var newest = 0.0
    private var changes = 0.0
    private var lastChange: Double?
    private var last: Double?
    private static let hoursOfDay = 24
    /// Twelve weeks of hours.
    private static let hours = 2016
    private static let weights = [2.0, 1, 1, 2]
    private static let exponent = 1.5
    /// Farther is not told apart.
    private static let largest = 1e6

    init(magnitude: Magnitude) {
        let floor = 1e-3 * magnitude.value
        func pair(apart: Int) -> PairNovelty {
            PairNovelty(history: Self.hours, apart: apart, least: 12, scale: NoveltyScale(window: 1000, share: 0.99, floor: floor))
        }
        besideDay = pair(apart: Self.hoursOfDay)
        besideYesterday = pair(apart: 2)
        restlessness = pair(apart: 2)
        values = ValueNovelty(history: 4032, apart: 3, scale: NoveltyScale(window: 4032, share: 0.999, floor: floor))
    }

    /// A value within the hour.
    mutating func add(_ value: Double) {
        newest = max(newest, values.next(value))
        changes += abs(value - (last ?? value))
        last = value
    }

    /// The hour is over; its mean, of so many values.
    mutating func close(mean: Double, count: Int) -> Double {
        let change = changes / Double(count)
        let ofDay = day.add(mean)
        let looks = [
            besideDay.next(mean, ofDay), besideYesterday.next(mean, day.leaving), restlessness.next(lastChange ?? change, change), newest,
        ]
        (newest, changes, lastChange) = (0, 0, change)
        let sum = zip(looks, Self.weights).reduce(0) { $0 + $1.1 * pow(min($1.0, Self.largest), Self.exponent) }
        return pow(sum / Self.weights.reduce(0, +), 1 / Self.exponent)
    }
}
