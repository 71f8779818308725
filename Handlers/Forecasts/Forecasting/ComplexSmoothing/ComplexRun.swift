/// The states of a complex exponential smoothing and their recursion.
struct ComplexRun: Sendable {
    let form: ComplexSmoothing.Form
    /// ℓ and c: one of each, or one a place of the season.
    private var levels: [Double]
    private var potentials: [Double]
    /// s, and what belongs to it in the full form.
    private var season: [Double] = []
    private var seasonPotentials: [Double] = []
    private var place = 0
    private var seasonPlace = 0

    /// Where the recursion begins: means of the first values, season by decomposition. Nil where the series is too short for the form.
    init?(_ values: [Double], _ form: ComplexSmoothing.Form, period: Int) {
        self.form = form
        let first = Spread.mean(values.prefix(max(10, form == .none ? 10 : period)))
        if form == .simple {
            guard values.count >= 2 * period else { return nil }
            levels = Array(values.prefix(period))
            potentials = levels.map { $0 / 1.1 }
        } else {
            levels = [first]
            potentials = [first / 1.1]
        }
        if form == .partial || form == .full {
            guard let parts = ClassicalDecomposition(Array(values.prefix(6 * period)), period: period, isMultiplicative: false) else { return nil }
            season = parts.indices
            seasonPotentials = form == .full ? season.map { $0 / 1.1 } : []
        }
    }

    /// Back to another run's states, without taking memory anew.
    mutating func restore(_ other: ComplexRun) {
        for index in levels.indices {
            levels[index] = other.levels[index]
            potentials[index] = other.potentials[index]
        }
        for index in season.indices { season[index] = other.season[index] }
        for index in seasonPotentials.indices { seasonPotentials[index] = other.seasonPotentials[index] }
        place = other.place
        seasonPlace = other.seasonPlace
    }

    /// Carries the states over values; the sum of the squared errors, infinity where it breaks down.
    ///
    /// Forth and back first, so that the states begin as the whole series would have them (backcasting), then once more.
    mutating func squares(_ values: [Double], _ constants: borrowing [Double]) -> Double {
        for value in values { step(value - expected, constants) }
        for value in values.reversed() {
            back()
            step(value - expected, constants)
            back()
        }
        var sum = 0.0
        for value in values {
            let error = value - expected
            step(error, constants)
            sum += error * error
        }
        return sum.isFinite ? sum : .infinity
    }

    /// One place of the season back.
    @inline(__always)
    private mutating func back() {
        place = (place == 0 ? levels.count : place) - 1
        if !season.isEmpty { seasonPlace = (seasonPlace == 0 ? season.count : seasonPlace) - 1 }
    }

    mutating func forecast(_ horizon: Int, _ constants: [Double]) -> [Double] {
        (0..<horizon).map { _ in
            let value = expected
            step(0, constants)
            return value
        }
    }

    @inline(__always)
    private var expected: Double { levels[place] + (season.isEmpty ? 0 : season[seasonPlace]) }

    @inline(__always)
    private mutating func step(_ error: Double, _ constants: borrowing [Double]) {
        let level = levels[place]
        let potential = potentials[place]
        levels[place] = level - (1 - constants[1]) * potential + (constants[0] - constants[1]) * error
        potentials[place] = level + (1 - constants[0]) * potential + (constants[0] + constants[1]) * error
        place += 1
        if place == levels.count { place = 0 }
        guard !season.isEmpty else { return }
        if form == .partial {
            season[seasonPlace] += constants[2] * error
        } else {
            let part = season[seasonPlace]
            let other = seasonPotentials[seasonPlace]
            season[seasonPlace] = part - (1 - constants[3]) * other + (constants[2] - constants[3]) * error
            seasonPotentials[seasonPlace] = part + (1 - constants[2]) * other + (constants[2] + constants[3]) * error
        }
        seasonPlace += 1
        if seasonPlace == season.count { seasonPlace = 0 }
    }
}
