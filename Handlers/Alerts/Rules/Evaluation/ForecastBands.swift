import Forecasting
public import Kernel
import MetricSeries

/// What forecasts said of metrics' newest values: each made of the values before, once for a value, since it costs a hundredth of a second.
public struct ForecastBands: Codable, Sendable, Hashable {
    /// Where one value was expected.
    public struct Band: Codable, Sendable, Hashable {
        public let metric: String
        /// When the value's step of the calendar begins: the day of a daily metric.
        public let step: Timestamp
        public let lower80: Double
        public let upper80: Double
        public let lower95: Double
        public let upper95: Double
    }

    /// A metric's newest value, and where it was expected; without a band too little is known.
    struct Newest: Sendable {
        let value: Double
        let band: Band?
    }

    /// One a metric.
    public private(set) var bands: [Band] = []
    /// Forecasts that were made, beside those that were known.
    private(set) var made = 0

    enum CodingKeys: String, CodingKey { case bands }

    /// Without any.
    public init() {}

    /// Takes over what somebody else knows of metrics that are not known here.
    public mutating func learn(_ others: ForecastBands) {
        for band in others.bands where !bands.contains(where: { $0.metric == band.metric }) { bands.append(band) }
    }

    /// Those of some metrics.
    public func of(_ metrics: [String]) -> ForecastBands {
        var part = ForecastBands()
        part.bands = bands.filter { metrics.contains($0.metric) }
        return part
    }

    /// The newest value of a metric at a moment. Nil where there is none, or where three steps have passed since it came.
    mutating func newest(of metric: String, at slot: Timestamp, _ history: History) -> Newest? {
        var points = history.points(metric, from: slot.back(RuleLimits.forecastSeconds), through: slot)
        guard let last = points.last else { return nil }
        // What comes by the hour or more often is forecast from eight weeks: more is not looked at, and need not be put in order.
        if points.usualStep < 43_200 {
            points = history.points(metric, from: Timestamp(microseconds: last.time).back(60 * RuleLimits.day), through: slot)
        }
        let observations = points.map { Observation(time: Timestamp(microseconds: $0.time), value: $0.value) }
        guard let series = try? RegularSeries(observations), let value = series.values.last, slot <= series.time(ahead: 3) else { return nil }
        return Newest(value: value, band: band(metric, series))
    }

    private mutating func band(_ metric: String, _ series: RegularSeries) -> Band? {
        let step = series.time(ahead: 0)
        let place = bands.firstIndex { $0.metric == metric }
        if let place, bands[place].step == step { return bands[place] }
        let season = series.calendar.frequency.periods.first.map { Int($0.rounded()) } ?? 1
        // A year of weeks is more than most rules can wait for; its season is believed only where it shows.
        guard series.values.count > max(14, season <= 24 ? 2 * season + 4 : 0) else { return nil }
        made += 1
        // A season ahead, of which the first step counts: how wide its band is then follows from the errors of all of the season's steps.
        let options = ForecastOptions(horizon: season <= 24 ? max(4, season) : 4, frequency: series.calendar.frequency, firstDay: series.firstDay)
        let forecast = AutomaticForecast.run(Array(series.values.dropLast()), options)
        let band = Band(
            metric: metric, step: step, lower80: forecast.lower80[0], upper80: forecast.upper80[0], lower95: forecast.lower95[0],
            upper95: forecast.upper95[0])
        guard [band.lower80, band.upper80, band.lower95, band.upper95].allSatisfy({ $0.isFinite }) else { return nil }
        if let place { bands[place] = band } else { bands.append(band) }
        return band
    }
}
