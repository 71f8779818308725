/// An exponentially weighted mean of what came before.
struct DecayingMean: Sendable {
    private let rate: Double
    private(set) var value: Double?

    init(rate: Double) { self.rate = rate }

    mutating func learn(_ new: Double) {
        if let old = value { value = old + rate * (new - old) } else { value = new }
    }
}
