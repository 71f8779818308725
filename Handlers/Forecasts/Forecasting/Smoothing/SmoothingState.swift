import Glibc

/// The constants of an exponential smoothing, in their usual domain.
struct SmoothingConstants: Sendable, Equatable {
    /// Of the level, 0…1.
    var alpha = 0.3
    /// Of the trend, 0…α.
    var beta = 0.0
    /// Of the season, 0…1 − α.
    var gamma = 0.0
    /// What is left of the trend with each step, 1 if it is not damped.
    var phi = 1.0
}

/// Level, trend and season at one time, and the recursion that carries them on.
///
/// Innovations form (Hyndman et al. 2008, tables 2.2 and 2.3). With additive errors e = y − (ℓ + φb + s):
/// ℓ ← ℓ + φb + αe, b ← φb + βe, s ← s + γe. With relative ones μ = (ℓ + φb)·s, e = (y − μ)/μ:
/// ℓ ← (ℓ + φb)(1 + αe), b ← φb + β(ℓ + φb)e, s ← s(1 + γe), or s ← s + γμe for an additive season.
struct SmoothingState: Sendable {
    var level: Double
    var trend: Double
    /// The season from its first place on; empty without one.
    var season: [Double]

    /// Carries the states over a series. Gives minus twice the logarithm of the likelihood, without its constant; infinity where it breaks down.
    mutating func run(_ values: [Double], _ form: SmoothingForm, _ constants: SmoothingConstants) -> Double {
        let (alpha, beta, gamma, phi) = (constants.alpha, constants.beta, constants.gamma, constants.phi)
        var level = level
        var trend = trend
        var squares = 0.0
        var logarithms = 0.0
        let count = values.count
        let period = max(1, season.count)
        values.withUnsafeBufferPointer { values in
            season.withUnsafeMutableBufferPointer { season in
                var place = 0
                switch (form.isRelative, form.season) {
                case (false, _):
                    let hasSeason = form.season == .additive
                    for index in 0..<count {
                        let base = level + phi * trend
                        let error = values[index] - base - (hasSeason ? season[place] : 0)
                        level = base + alpha * error
                        trend = phi * trend + beta * error
                        if hasSeason {
                            season[place] += gamma * error
                            place += 1
                            if place == period { place = 0 }
                        }
                        squares += error * error
                    }
                case (true, let kind):
                    // A product of a few is taken before its logarithm: logarithms are what takes time.
                    var product = 1.0
                    for index in 0..<count {
                        let base = level + phi * trend
                        let expected = kind == .none ? base : kind == .multiplicative ? base * season[place] : base + season[place]
                        guard base > 0, expected > 1e-9 * abs(values[index]) else {
                            squares = .infinity
                            return
                        }
                        let error = (values[index] - expected) / expected
                        let scale = kind == .additive ? expected : base
                        level = base + alpha * scale * error
                        trend = phi * trend + beta * scale * error
                        if kind != .none {
                            season[place] += gamma * error * (kind == .multiplicative ? season[place] : expected)
                            place += 1
                            if place == period { place = 0 }
                        }
                        squares += error * error
                        product *= expected
                        if product > 1e100 || product < 1e-100 {
                            logarithms += log(product)
                            product = 1
                        }
                    }
                    logarithms += log(product)
                }
            }
        }
        self.level = level
        self.trend = trend
        guard squares.isFinite, level.isFinite else { return .infinity }
        return Double(count) * log(max(squares, 1e-300) / Double(count)) + 2 * logarithms
    }

    /// The values behind a series of some length.
    func forecast(_ form: SmoothingForm, phi: Double, behind count: Int, horizon: Int) -> [Double] {
        var weight = 0.0
        var power = 1.0
        return (0..<horizon).map { step in
            power *= phi
            weight += power
            let base = level + weight * trend
            switch form.season {
            case .none: return base
            case .additive: return base + season[(count + step) % season.count]
            case .multiplicative: return base * season[(count + step) % season.count]
            }
        }
    }
}
