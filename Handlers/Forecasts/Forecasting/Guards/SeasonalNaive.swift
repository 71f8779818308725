/// The value one season before. Hyndman and Athanasopoulos, section 5.2.
struct SeasonalNaive: Forecaster {
    let name = "seasonal_naive"
    /// In steps.
    let period: Int

    mutating func fit(_ series: Series) {}

    func forecast(_ series: Series, horizon: Int) -> [Double] {
        let count = series.count
        guard count >= period else { return Naive().forecast(series, horizon: horizon) }
        return (0..<horizon).map { series.values[count - period + $0 % period] }
    }
}
