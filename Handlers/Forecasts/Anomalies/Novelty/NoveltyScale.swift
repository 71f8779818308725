/// How far a value lies from what it is most like in the past, over how far values ordinarily lie: 1 is about the farthest hundredth, or thousandth.
///
/// The measure of nonconformity of nearest neighbours (R. Laxhammar, G. Falkman, "Conformal Prediction for Distribution-Independent Anomaly Detection in
/// Streaming Vessel Data", 2010; E. Burnaev, V. Ishimtsev, "Conformalized density- and distance-based anomaly detection in time-series data", 2016).
/// It asks for no shape of the distribution: bursts, two levels or rare peaks are all ordinary once they have been there.
struct NoveltyScale: Sendable {
    private var usual: ResidualScale
    private let floor: Double

    /// - Parameter window: how many distances are remembered.
    /// - Parameter share: the quantile of them that is 1.
    /// - Parameter floor: a distance that means nothing.
    init(window: Int, share: Double, floor: Double) {
        usual = ResidualScale(window: window, share: share, clip: 2)
        self.floor = floor
    }

    mutating func next(_ distance: Double, learns: Bool = true) -> Double {
        let ratio = distance / (usual.value + floor)
        if learns { usual.learn(distance) }
        return ratio
    }
}
