/// The tone of a text.
public struct Sentiment: Sendable, Hashable {
    public enum Label: String, Sendable, Hashable, CaseIterable {
        case negative = "neg"
        case neutral = "neu"
        case positive = "pos"
    }

    /// From −1 (bad) to 1 (good).
    public var score: Double
    /// The likeliest of three.
    public var label: Label

    public init(score: Double, label: Label) {
        self.score = score
        self.label = label
    }
}
