/// A model that can forecast a series.
protocol Forecaster: Sendable {
    /// As it stands in answers, for example `theta`.
    var name: String { get }
    /// Finds the model's constants on a series.
    mutating func fit(_ series: Series)
    /// The next values behind a series, with the constants of the last ``fit(_:)``: its own series or one that goes on longer.
    func forecast(_ series: Series, horizon: Int) -> [Double]
}
