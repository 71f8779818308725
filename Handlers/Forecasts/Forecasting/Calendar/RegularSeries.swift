public import Kernel

/// Observations on the steps of a calendar, without gaps.
public struct RegularSeries: Sendable {
    /// The most steps between the first and the last observation.
    public static let longest = 2_000_000

    /// Its steps.
    public let calendar: StepCalendar
    /// The calendar's step of the first value.
    public let firstStep: Int
    /// One value a step.
    public let values: [Double]
    /// Steps that had no value and were filled.
    public let filled: Int
    /// Observations left out: without a value, or with a time that came again with another one behind it.
    public let dropped: Int

    /// Puts observations of any order on a calendar. Of several at the same time the last counts; several in one step are summed up as told; a step
    /// without any is filled between its neighbours, or from the same place of the seasons around it.
    ///
    /// Throws `VALIDATION_ERROR` where no observation has a value, or they lie too far apart for the frequency.
    /// - Parameters:
    ///   - frequency: guessed by the median distance where it is nil.
    ///   - aggregation: the mean by default.
    public init(_ observations: [Observation], frequency: Frequency? = nil, aggregation: Aggregation = .mean) throws(AppError) {
        var known: [(time: Timestamp, value: Double, order: Int)] = []
        for (order, observation) in observations.enumerated() {
            if let value = observation.value, value.isFinite { known.append((observation.time, value, order)) }
        }
        known.sort { ($0.time, $0.order) < ($1.time, $1.order) }
        let unique = known.indices.filter { $0 + 1 == known.count || known[$0 + 1].time != known[$0].time }.map { known[$0] }
        guard let first = unique.first, let last = unique.last else {
            throw AppError.invalid("values", "expected at least one observation with a number; there is none")
        }
        dropped = observations.count - unique.count
        let frequency = frequency ?? FrequencyGuess.of(unique.map(\.time))
        let weekday = ((Int(first.time.seconds.quotientAndRemainder(dividingBy: 86_400).quotient) + 3) % 7 + 7) % 7
        let calendar = StepCalendar(frequency, weekStart: frequency == .weekly ? weekday : 0)
        self.calendar = calendar
        firstStep = calendar.step(of: first.time)
        let count = calendar.step(of: last.time) - firstStep + 1
        guard count <= Self.longest else {
            throw AppError.invalid("frequency", "\(frequency.rawValue) steps from first to last time are \(count); at most \(Self.longest) are read")
        }
        var sums = [Double](repeating: 0, count: count)
        var counts = [Double](repeating: 0, count: count)
        for observation in unique {
            let step = calendar.step(of: observation.time) - firstStep
            sums[step] = aggregation == .last ? observation.value : sums[step] + observation.value
            counts[step] += 1
        }
        let seen = sums.indices.map { counts[$0] == 0 ? nil : aggregation == .mean ? sums[$0] / counts[$0] : sums[$0] }
        filled = seen.count { $0 == nil }
        values = Gaps.filled(seen.map { $0.flatMap { $0.isFinite ? $0 : nil } }, period: frequency.periods.first.map { Int($0) } ?? 1)
    }

    /// Days since 1970-01-01 of the first value, for daily series.
    public var firstDay: Int? { calendar.frequency == .daily ? firstStep : nil }

    /// When a step behind the series begins, 1 for the first.
    public func time(ahead step: Int) -> Timestamp { calendar.time(of: firstStep + values.count - 1 + step) }
}
