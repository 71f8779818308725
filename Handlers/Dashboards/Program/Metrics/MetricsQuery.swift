import HandlerKit
import MetricSeries

/// Which metrics of which business are wanted.
struct MetricsQuery: Decodable, Sendable, Validated {
    let business: UUID
    let from: Timestamp?
    let to: RangeEnd?
    let bucket: BucketSize?
    let metric: String?

    enum CodingKeys: String, CodingKey {
        case business = "business_id"
        case from, to, bucket, metric
    }

    func validate(_ issues: inout [AppError.Issue]) {
        if let from, let to { issues.require(from < to.instant, "to", "expected a time after `from`") }
        issues.requireLength(metric, "metric", 1...200)
    }
}

/// Where a range ends: before an instant, or with a day.
struct RangeEnd: Decodable, Sendable, InputDescribing {
    /// The first instant behind the range.
    let instant: Timestamp

    static var inputSchema: InputSchema { InputSchema(.timestamp) }
    static var inputExample: RangeEnd { RangeEnd(instant: Timestamp(microseconds: 0)) }

    init(instant: Timestamp) { self.instant = instant }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let time = Timestamp(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected a date or an RFC 3339 time such as 2026-03-01T08:00:00Z")
        }
        instant = text.utf8.count == 10 ? time + .seconds(86_400) : time
    }
}
