/// Demand that is mostly nothing: how often and how much are smoothed apart.
///
/// Teunter, Syntetos and Babai, "Intermittent demand: Linking forecasting to inventory obsolescence", European Journal of Operational
/// Research 214 (2011), equations 3 and 4: p ← p + β(1 or 0 − p) at each step, z ← z + α(y − z) where there is demand; the forecast is p·z.
struct IntermittentDemand: Forecaster {
    let name = "intermittent_demand"
    private(set) var alpha = 0.1
    private(set) var beta = 0.1

    mutating func fit(_ series: Series) {
        var best = Double.infinity
        for size in [0.02, 0.05, 0.1, 0.2, 0.3] {
            for share in [0.02, 0.05, 0.1, 0.2, 0.3] {
                let squares = Self.run(series.values, size, share).squares
                if squares < best { (best, alpha, beta) = (squares, size, share) }
            }
        }
    }

    func forecast(_ series: Series, horizon: Int) -> [Double] {
        Array(repeating: Self.run(series.values, alpha, beta).rate, count: horizon)
    }

    /// Whether more than a third of the values are nothing, and none is less.
    static func fits(_ values: [Double]) -> Bool {
        values.allSatisfy { $0 >= 0 } && 3 * values.count(where: { $0 == 0 }) > values.count && values.contains { $0 > 0 }
    }

    static func run(_ values: [Double], _ alpha: Double, _ beta: Double) -> (rate: Double, squares: Double) {
        let demands = values.filter { $0 != 0 }
        var share = Double(demands.count) / Double(max(values.count, 1))
        var size = Spread.mean(demands)
        var squares = 0.0
        for value in values {
            let error = value - share * size
            squares += error * error
            if value != 0 { size += alpha * (value - size) }
            share += beta * ((value != 0 ? 1 : 0) - share)
        }
        return (share * size, squares)
    }
}
