import Glibc

/// The explaining columns of a regression on time: a trend with kinks, and waves for each season.
///
/// Taylor and Letham, "Forecasting at scale", The American Statistician 72 (2018), sections 3.1 and 3.2: kinks at even distances in the first
/// four fifths, and sin and cos of 2πkt/P; both held back by a penalty.
struct CalendarTerms: Sendable {
    struct Wave: Sendable {
        let period: Double
        let count: Int
    }

    let waves: [Wave]
    let kinks: [Double]
    /// Values that were read, the unit of the trend.
    let span: Double

    init(count: Int, waves: [Wave], kinks: Int) {
        self.waves = waves
        let span = Double(max(count, 2))
        self.span = span
        self.kinks = (0..<kinks).map { 0.8 * span * Double($0 + 1) / Double(kinks + 1) }
    }

    var size: Int { firstWave + waves.reduce(0) { $0 + 2 * $1.count } }
    /// Where the waves' columns begin: behind the constant, the slope and the kinks.
    var firstWave: Int { 2 + kinks.count }

    /// The columns at a step, from 0.
    func fill(_ row: inout [Double], at step: Int) {
        let time = Double(step)
        row[0] = 1
        row[1] = time / span
        for index in kinks.indices { row[2 + index] = max(0, time - kinks[index]) / span }
        var column = firstWave
        for wave in waves {
            let angle = 2 * Double.pi * time / wave.period
            // Chebyshev's recursion: one sine and one cosine a wave.
            let (sine, cosine) = (sin(angle), cos(angle))
            var (s, c) = (sine, cosine)
            for _ in 0..<wave.count {
                row[column] = s
                row[column + 1] = c
                column += 2
                (s, c) = (s * cosine + c * sine, c * cosine - s * sine)
            }
        }
    }
}
