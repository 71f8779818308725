public import Kernel

/// One source's numbers in a range.
public struct Metric: Sendable {
    /// What stands for the range: its points, or parts of it.
    public enum Content: Sendable {
        case points([Point])
        case buckets([Bucket])

        /// How many objects it becomes in an answer.
        public var count: Int {
            switch self {
            case .points(let points): points.count
            case .buckets(let buckets): buckets.count
            }
        }
    }

    public let source: UUID
    public let name: String
    public let unit: String?
    public let content: Content
    public let aggregates: Aggregates?

    /// All points of a range, kept or gathered in buckets.
    public init(source: UUID, name: String, unit: String?, points: [Point], size: BucketSize) {
        self.init(
            source: source, name: name, unit: unit, content: size == .raw ? .points(points) : .buckets([Bucket](points, by: size)),
            aggregates: Aggregates(points))
    }

    /// What was gathered elsewhere.
    public init(source: UUID, name: String, unit: String?, content: Content, aggregates: Aggregates?) {
        self.source = source
        self.name = name
        self.unit = unit
        self.content = content
        self.aggregates = aggregates
    }
}
