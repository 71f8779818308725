/// How much memory the statistics of a table take.
public struct ProfileLimits: Sendable, Hashable {
    /// Values of a column up to which its quantiles are exact. Defaults to 2,048.
    public var quantileSize = 2048
    /// Different values of a column that are counted exactly. Defaults to 16,384.
    public var exactDistinct = 16_384
    /// 2^this registers count the others. Defaults to 12: an error of 1.6 %.
    public var distinctPrecision = 12
    /// Values of a column of which the frequency is followed. Defaults to 512.
    public var frequentValues = 512
    /// Most frequent values that a profile names. Defaults to 10.
    public var topValues = 10

    /// The defaults.
    public init() {}

    /// The defaults, less for each column where there are many: ten thousand columns together take some 90 MB.
    public init(columns: Int) {
        let columns = max(columns, 1)
        quantileSize = min(max(65_536 / columns, 64), 2048)
        exactDistinct = min(max(1_048_576 / columns, 64), 16_384)
        distinctPrecision = columns <= 256 ? 12 : columns <= 2048 ? 10 : 7
        frequentValues = min(max(65_536 / columns, 16), 512)
    }

    /// The lesser of both.
    func atMost(_ other: ProfileLimits) -> ProfileLimits {
        var least = self
        least.quantileSize = min(quantileSize, other.quantileSize)
        least.exactDistinct = min(exactDistinct, other.exactDistinct)
        least.distinctPrecision = min(distinctPrecision, other.distinctPrecision)
        least.frequentValues = min(frequentValues, other.frequentValues)
        least.topValues = min(topValues, other.topValues)
        return least
    }
}
