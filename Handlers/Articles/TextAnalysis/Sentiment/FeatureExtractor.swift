/// The model's features, for the program that trains it.
public struct FeatureExtractor {
    /// Places that features may have.
    public static let places = FeatureList.hashed

    private var features = SentimentFeatures()

    public init() {}

    /// Places and values of a text's features; a place may come more than once.
    public mutating func features(of text: [UInt8]) -> (places: [UInt32], values: [Float]) {
        features.extract(text.span)
        return (features.list.places, features.list.values)
    }
}
