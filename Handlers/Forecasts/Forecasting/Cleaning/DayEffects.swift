/// What special days and events did to a series, and so what they are likely to do again.
///
/// An effect is believed as far as it stands out of the noise: it is multiplied by 1 − 4σ²/(n·x̄²) (the rule of James and Stein, "Estimation with
/// quadratic loss", 1961), and left out below three standard errors, as many kinds of days are looked at. One clear holiday says nearly all.
struct DayEffects: Sendable {
    struct Effect: Sendable {
        /// The mean difference from the expected value, as a share of the level.
        var difference = 0.0
        /// The mean value, as a share of the level.
        var share = 0.0
        /// How much the share counts against the difference, 0…1: whichever was more alike over the years counts more.
        var steadiness = 0.5
        /// How often it was seen.
        var count = 1.0
        /// How far it is believed, 0…1.
        var trust = 0.0
    }

    private(set) var effects: [String: Effect] = [:]
    private var firstDay = 0
    private var events: [String: Set<Int>] = [:]

    init() {}

    init(_ values: [Double], rests: [Double], levels: [Double], noise: Double, firstDay: Int, events: [String: Set<Int>]) {
        self.firstDay = firstDay
        self.events = events
        var seen: [String: [Int]] = [:]
        for index in values.indices {
            for kind in kinds(at: index) { seen[kind, default: []].append(index) }
        }
        for (kind, indices) in seen {
            let found = indices.map { rests[$0] }
            let mean = Spread.mean(found)
            var variance = noise * noise
            if found.count > 1 {
                variance = max(variance, found.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(found.count - 1))
            }
            guard mean * mean > 9 * variance / Double(found.count), indices.allSatisfy({ levels[$0] > noise }) else { continue }
            let differences = indices.map { rests[$0] / levels[$0] }
            let shares = indices.map { values[$0] / levels[$0] }
            var effect = Effect(difference: Spread.mean(differences), share: Spread.mean(shares))
            let (left, right) = (Self.variance(differences), Self.variance(shares))
            if indices.count > 1, left + right > 0 { effect.steadiness = left / (left + right) }
            effect.trust = 1 - 4 * variance / Double(found.count) / (mean * mean)
            effect.count = Double(found.count)
            effects[kind] = effect
        }
    }

    private static func variance(_ values: [Double]) -> Double {
        let mean = Spread.mean(values)
        return Spread.mean(values.map { ($0 - mean) * ($0 - mean) })
    }

    var isEmpty: Bool { effects.isEmpty }

    /// A forecast with what the special days in it do. A day of a fixed date falls on another weekday each year; it is partly as far from its weekday
    /// as it was, partly as high as it was.
    func applied(to forecast: [Double], from count: Int) -> [Double] {
        zip(forecast, moves(forecast, from: count)).map { $0 + $1.move }
    }

    /// A series in which days that were off as days of their kind are have their expected values instead.
    func removed(from values: [Double], _ expected: [Double], noise: Double) -> [Double] {
        values.indices.map { index in
            let rest = values[index] - expected[index]
            guard abs(rest) > 2 * noise, kinds(at: index).contains(where: { effects[$0].map { $0.difference * rest > 0 } ?? false }) else {
                return values[index]
            }
            return expected[index]
        }
    }

    /// What the special days in a forecast do to each step, and how far that may be wrong: as much as half of it after having been seen once.
    func moves(_ forecast: [Double], from count: Int) -> [(move: Double, doubt: Double)] {
        var result = forecast.map { _ in (move: 0.0, doubt: 0.0) }
        guard !isEmpty else { return result }
        for step in forecast.indices {
            let known = kinds(at: count + step).compactMap { effects[$0] }
            guard let effect = known.max(by: { abs($0.difference) * $0.trust < abs($1.difference) * $1.trust }) else { continue }
            let around = forecast[max(0, step - 3)...min(forecast.count - 1, step + 3)]
            let level = Spread.mean(around)
            guard level > 0 else { continue }
            let target = (1 - effect.steadiness) * (forecast[step] + effect.difference * level) + effect.steadiness * effect.share * level
            let move = effect.trust * (target - forecast[step])
            result[step] = (move, 0.5 * abs(move) / effect.count.squareRoot())
        }
        return result
    }

    private func kinds(at index: Int) -> [String] {
        SpecialDays.kinds(of: firstDay + index) + events.filter { $0.value.contains(firstDay + index) }.map { "event_\($0.key)" }.sorted()
    }
}
