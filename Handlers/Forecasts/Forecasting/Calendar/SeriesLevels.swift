public import Kernel

/// The frequencies at which a KPI is forecast.
public enum SeriesLevels {
    /// Fewer steps than that say nothing about the next ones.
    public static let fewest = 4

    /// Observations on the calendar of their own frequency, and where that is the hour on days, too. A step that gathers several values and has not ended
    /// yet is left out: half a day of sales is no day. Empty where there are fewer than ``fewest`` steps.
    ///
    /// Throws `VALIDATION_ERROR` where times lie farther apart than ``RegularSeries/longest`` steps.
    /// - Parameters:
    ///   - aggregation: what becomes of several values in one step.
    ///   - now: steps that end later have not ended.
    public static func of(_ observations: [Observation], aggregation: Aggregation, now: Timestamp) throws(AppError) -> [RegularSeries] {
        guard observations.contains(where: { $0.value?.isFinite == true }) else { return [] }
        let own = try RegularSeries(observations, aggregation: aggregation)
        var series = [try ended(own, observations, aggregation, now)].compactMap(\.self)
        if own.calendar.frequency == .hourly {
            let days = try RegularSeries(observations, frequency: .daily, aggregation: aggregation)
            if let days = try ended(days, observations, aggregation, now) { series.append(days) }
        }
        return series.filter { $0.values.count - $0.filled >= fewest }
    }

    /// The series without its last step where that gathers values and has not ended; nil where nothing else is there.
    private static func ended(
        _ series: RegularSeries, _ observations: [Observation], _ aggregation: Aggregation, _ now: Timestamp
    ) throws(AppError) -> RegularSeries? {
        let kept = observations.count - series.dropped
        let gathers = kept > series.values.count - series.filled
        guard gathers, series.time(ahead: 1) > now else { return series }
        let start = series.time(ahead: 0)
        let known = observations.filter { $0.time < start }
        guard known.contains(where: { $0.value?.isFinite == true }) else { return nil }
        return try RegularSeries(known, frequency: series.calendar.frequency, aggregation: aggregation)
    }
}
