/// MSTL: several seasons, taken out one after the other.
///
/// Bandara, Hyndman and Bergmeir, "MSTL: A Seasonal-Trend Decomposition Algorithm for Time Series with Multiple Seasonal Patterns",
/// arXiv:2107.13462, algorithm 1, with windows of 7 + 4·i seasons.
struct MultipleSeasons: Sendable {
    /// One component a season, the shortest season first.
    private(set) var seasons: [(period: Int, values: [Double])]
    private(set) var trend: [Double]
    /// The series without its seasons.
    private(set) var adjusted: [Double]

    /// Only seasons that are seen at least twice count.
    init(_ values: [Double], periods: [Int], firstWindow: Int = 11, passes: Int = 0) {
        let used = periods.filter { $0 > 1 && values.count >= 2 * $0 + 1 }
        seasons = used.map { ($0, Array(repeating: 0, count: values.count)) }
        adjusted = values
        trend = []
        for _ in 0..<(used.count > 1 ? 2 : 1) {
            for index in used.indices {
                for step in adjusted.indices { adjusted[step] += seasons[index].values[step] }
                let parts = SeasonalTrend(adjusted, period: used[index], seasonWindow: firstWindow + 4 * index, passes: passes)
                seasons[index].values = parts.season
                trend = parts.trend
                for step in adjusted.indices { adjusted[step] -= parts.season[step] }
            }
        }
        if used.isEmpty { trend = Loess.smooth(values, window: max(7, values.count / 4) | 1, jump: max(1, values.count / 40)) }
    }

    /// The seasons' sum behind the series: each season's last turn again.
    func ahead(_ horizon: Int) -> [Double] {
        (0..<horizon).map { step in
            seasons.reduce(0) { sum, season in sum + season.values[season.values.count - season.period + step % season.period] }
        }
    }
}
