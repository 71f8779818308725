import Glibc

/// Several seasons by MSTL, the rest by exponential smoothing without a season.
///
/// Hyndman and Athanasopoulos, section 5.7 ("Forecasting with decomposition").
struct DecomposedSmoothing: Forecaster {
    let name: String
    let periods: [Int]
    /// Reads logarithms: seasons are shares. Only of positive series.
    let isLogarithmic: Bool
    private var rest: ExponentialSmoothing

    init(name: String = "decomposition", periods: [Int], isLogarithmic: Bool = false) {
        self.name = name
        self.periods = periods
        self.isLogarithmic = isLogarithmic
        rest = ExponentialSmoothing(
            period: 1,
            forms: [SmoothingForm.Trend.none, .additive, .damped].map { SmoothingForm(isRelative: false, trend: $0, season: .none) })
    }

    mutating func fit(_ series: Series) {
        rest.fit(Series(values: MultipleSeasons(read(series.values), periods: periods).adjusted, periods: []))
    }

    func forecast(_ series: Series, horizon: Int) -> [Double] {
        let parts = MultipleSeasons(read(series.values), periods: periods)
        let level = rest.forecast(Series(values: parts.adjusted, periods: []), horizon: horizon)
        return zip(level, parts.ahead(horizon)).map { isLogarithmic ? exp($0 + $1) : $0 + $1 }
    }

    private func read(_ values: [Double]) -> [Double] { isLogarithmic ? values.map { log(max($0, 1e-9)) } : values }
}
