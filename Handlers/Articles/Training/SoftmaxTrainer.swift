import Glibc

/// Shares of bad, neutral and good; they sum to 1.
typealias Shares = (bad: Float, neutral: Float, good: Float)

/// Multinomial logistic regression by AdaGrad (J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods", JMLR 12, 2011).
///
/// Two rows of weights, bad and good against neutral. A small step and few rounds hold the weights small, which stands in for a penalty; the second
/// half of the rounds is averaged. The order of texts comes from a fixed generator: the same texts give the same weights.
struct SoftmaxTrainer {
    struct Example {
        var places: [UInt32]
        var values: [Float]
        var target: Shares
        var weight: Float
    }

    private let rate: Float = 0.03
    private let epochs = 8
    private let decay: Float = 1e-5
    private let seed: UInt64 = 1

    func train(_ examples: [Example], places: Int) -> [Float] {
        var weights = [Float](repeating: 0, count: 2 * places)
        var squares = weights
        var average = weights
        var order = Array(examples.indices)
        var random = SplitMix(state: seed)
        for epoch in 0..<epochs {
            order.shuffle(using: &random)
            for number in order {
                let example = examples[number]
                let sums = Self.sums(weights, example)
                let shares = softmax(sums.bad, sums.good)
                let bad = (shares.bad - example.target.bad) * example.weight
                let good = (shares.good - example.target.good) * example.weight
                for (place, value) in zip(example.places, example.values) {
                    for (row, slope) in [(0, bad), (1, good)] {
                        let at = 2 * Int(place) + row
                        let gradient = slope * value + decay * weights[at]
                        squares[at] += gradient * gradient
                        weights[at] -= rate * gradient / (squares[at].squareRoot() + 1e-3)
                    }
                }
            }
            if epoch >= epochs / 2 { for at in average.indices { average[at] += weights[at] } }
        }
        let count = Float(epochs - epochs / 2)
        return average.map { $0 / count }
    }

    static func sums(_ weights: [Float], _ example: Example) -> (bad: Float, good: Float) {
        var sums: (bad: Float, good: Float) = (0, 0)
        for (place, value) in zip(example.places, example.values) {
            sums.bad += weights[2 * Int(place)] * value
            sums.good += weights[2 * Int(place) + 1] * value
        }
        return sums
    }
}

func softmax(_ bad: Float, _ good: Float) -> Shares {
    let top = max(0, bad, good)
    let parts = (expf(bad - top), expf(-top), expf(good - top))
    let sum = parts.0 + parts.1 + parts.2
    return (parts.0 / sum, parts.1 / sum, parts.2 / sum)
}

/// SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
