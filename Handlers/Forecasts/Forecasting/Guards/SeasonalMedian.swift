/// The median of the last seasons at the same place: a weekday's usual value, which one bad day does not move.
struct SeasonalMedian: Forecaster {
    let name = "seasonal_median"
    let period: Int
    /// Seasons that are looked at.
    let seasons: Int

    mutating func fit(_ series: Series) {}

    func forecast(_ series: Series, horizon: Int) -> [Double] {
        let count = series.count
        guard count >= period else { return Naive().forecast(series, horizon: horizon) }
        let usual = (0..<period).map { place in
            Spread.median(stride(from: count - period + place, through: max(0, count - period * seasons), by: -period).map { series.values[$0] })
        }
        return (0..<horizon).map { usual[$0 % period] }
    }
}
