/// Watches one series as its values come, and says of each whether it is unusual. Looks only at the past; constants are the same for every series.
///
/// What is looked at depends on how often values come (see ANOMALIES.md): by the day, every few minutes, or by the hour or the minute.
public struct AnomalyDetector: Sendable {
    private enum Detector: Sendable {
        case daily(DailyDetector)
        case minutes(MinutesDetector)
        case steady(SteadyDetector)
    }

    /// Values that are only learned from, before the first verdict.
    public static let warmUp = 30

    private let step: Int
    private var detector: Detector?
    private var early: [Double] = []
    private var run = Run()
    private var last = Reading(score: 0, expected: 0, lower: 0, upper: 0)

    /// - Parameter step: seconds between values, at least 1; a smaller number is taken for 1.
    public init(step: Int) { self.step = max(1, step) }

    /// The verdict on the next value. One that is missing or not finite is `missing` and changes nothing else.
    public mutating func next(_ value: Double?) -> Verdict {
        guard let value, value.isFinite, abs(value) <= Self.largest else {
            return Verdict(
                score: 0, expected: last.expected, lower: last.lower, upper: last.upper, kind: .missing, severity: .low)
        }
        guard detector != nil else {
            early.append(value)
            if early.count == Self.warmUp { begin() }
            return Verdict(score: 0, expected: value, lower: value, upper: value)
        }
        let reading = read(value)
        return verdict(on: value, reading)
    }

    /// Sums and squares of larger values leave the range of floating-point numbers.
    private static let largest = 1e100

    private mutating func begin() {
        let magnitude = Magnitude(of: early)
        switch step {
        case 43_200...: detector = .daily(DailyDetector(magnitude: magnitude))
        case 240...1800: detector = .minutes(MinutesDetector(step: step, magnitude: magnitude))
        default: detector = .steady(SteadyDetector(step: step, magnitude: magnitude))
        }
        for value in early { _ = read(value) }
        early = []
    }

    private mutating func read(_ value: Double) -> Reading {
        let reading: Reading
        switch detector {
        case .daily(var daily):
            detector = nil
            reading = daily.next(value)
            detector = .daily(daily)
        case .minutes(var minutes):
            detector = nil
            reading = minutes.next(value)
            detector = .minutes(minutes)
        case .steady(var steady):
            detector = nil
            reading = steady.next(value)
            detector = .steady(steady)
        case nil:
            reading = last
        }
        last = reading
        return reading
    }

    private mutating func verdict(on value: Double, _ reading: Reading) -> Verdict {
        var verdict = Verdict(score: reading.score, expected: reading.expected, lower: reading.lower, upper: reading.upper)
        let side = value >= reading.expected ? 1 : -1
        let length = run.add(side: reading.score >= 1 ? side : 0)
        guard reading.score >= 1 else { return verdict }
        verdict.kind = length >= Run.shift ? .levelShift : side > 0 ? .spike : .dip
        verdict.severity = reading.score >= 3 ? .high : reading.score >= 1.5 ? .medium : .low
        return verdict
    }

    /// Anomalies on one side in a row.
    private struct Run: Sendable {
        /// So many are a shift of the level.
        static let shift = 4
        private var side = 0
        private var length = 0

        mutating func add(side new: Int) -> Int {
            length = new == 0 ? 0 : new == side ? length + 1 : 1
            side = new
            return length
        }
    }
}
