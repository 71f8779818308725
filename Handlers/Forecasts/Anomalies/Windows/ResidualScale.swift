/// How large residuals ordinarily are: a quantile of the last ones.
///
/// Each residual is clipped at a multiple of the quantile of its moment before it is remembered (winsorized; P. Huber, "Robust Statistics", 1981):
/// anomalies of the past do not hide those to come, and what stays at a new level is still learned within some per cent of the window.
/// Residuals of 0 say nothing of the size of the others and are left out.
struct ResidualScale: Sendable {
    private var window: SortedWindow
    private let share: Double
    private let clip: Double
    /// Before this many residuals nothing is clipped.
    private static let trusted = 20

    init(window: Int, share: Double, clip: Double) {
        self.window = SortedWindow(capacity: window)
        self.share = share
        self.clip = clip
    }

    var value: Double { window.quantile(share) ?? 0 }

    mutating func learn(_ residual: Double) {
        guard residual > 0 else { return }
        let usual = value
        window.insert(window.count >= Self.trusted && usual > 0 ? min(residual, clip * usual) : residual)
    }
}

/// An exponentially weighted root mean square: what a residual's size was of late.
struct DecayingDeviation: Sendable {
    private let rate: Double
    private var square: Double?

    init(rate: Double) { self.rate = rate }

    var value: Double { (square ?? 0).squareRoot() }

    mutating func learn(_ residual: Double) {
        let new = residual * residual
        if let old = square { square = old + rate * (new - old) } else { square = new }
    }
}
