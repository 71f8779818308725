import Glibc

/// Says the tone of English texts by a linear model over words, parts of words, roles of words in news, and VADER's rules.
///
/// Deterministic; no state but buffers that are used again. One scorer serves one task at a time; making one costs nothing.
public struct SentimentScorer: Sendable {
    private var features = SentimentFeatures()
    private let weights = WeightTable.shared

    public init() {}

    /// The tone of one sentence or headline in UTF-8. A text without words is neutral, 0. Longer texts are read up to 4,096 bytes.
    public mutating func score(_ text: borrowing Span<UInt8>) -> Sentiment {
        shares(of: text)?.sentiment ?? Sentiment(score: 0, label: .neutral)
    }

    /// nil: no word.
    mutating func shares(of text: borrowing Span<UInt8>) -> ToneShares? {
        features.extract(text)
        guard features.hasWords else { return nil }
        let sums = weights.sums(features.list)
        let top = max(0, sums.bad, sums.good)
        let parts = (expf(sums.bad - top), expf(-top), expf(sums.good - top))
        let all = parts.0 + parts.1 + parts.2
        return ToneShares(bad: parts.0 / all, neutral: parts.1 / all, good: parts.2 / all)
    }

    /// The tone of one sentence or headline.
    public mutating func score(_ text: String) -> Sentiment {
        score(Array(text.utf8).span)
    }
}

/// How much of a text is bad, neutral, good; they sum to 1.
struct ToneShares {
    var bad: Float = 0
    var neutral: Float = 0
    var good: Float = 0

    var sentiment: Sentiment {
        Sentiment(score: Double(good - bad), label: bad > neutral && bad >= good ? .negative : good > neutral ? .positive : .neutral)
    }
}

/// The model's weights, read where they lie in the program.
struct WeightTable: @unchecked Sendable {
    static let shared = WeightTable()

    private let text: UnsafePointer<UInt8>
    /// The weight of each character.
    private let values: [Float]

    private init() {
        text = SentimentWeights.text.utf8Start
        values = (0..<128).map { code -> Float in
            let step = Float(code - 0x28 - 42 - (code > 0x5C ? 1 : 0)) / 42
            return step * abs(step) * SentimentWeights.largest
        }
    }

    func sums(_ list: FeatureList) -> (bad: Float, good: Float) {
        var sums: (bad: Float, good: Float) = (0, 0)
        values.withUnsafeBufferPointer { values in
            for at in list.places.indices {
                // A line holds 2,048 weights and its end.
                let weight = 2 * Int(list.places[at])
                let place = weight + weight >> 11
                sums.bad += values[Int(text[place] & 0x7F)] * list.values[at]
                sums.good += values[Int(text[place + 1] & 0x7F)] * list.values[at]
            }
        }
        return sums
    }
}
