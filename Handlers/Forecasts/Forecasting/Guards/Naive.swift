/// The last value, for ever. Hyndman and Athanasopoulos, "Forecasting: Principles and Practice", 3rd ed., section 5.2.
struct Naive: Forecaster {
    let name = "naive"

    mutating func fit(_ series: Series) {}

    func forecast(_ series: Series, horizon: Int) -> [Double] {
        Array(repeating: series.values.last ?? 0, count: horizon)
    }
}
