import AlertRules
import HandlerKit
import MetricSeries
import NotificationRules

/// Reads what rules look at: once for all of them.
struct HistoryReader: Sendable {
    /// Points of one metric that an evaluation, or a preview, looks at: the newest.
    static let mostPoints = 20_000

    private var first: [Key: Timestamp] = [:]

    struct Key: Hashable, Sendable {
        let business: UUID
        let metric: String
    }

    /// A condition of a business needs its metrics from `time` less its lookback on.
    mutating func need(_ condition: Condition, _ business: UUID, at time: Timestamp) {
        let start = Timestamp(microseconds: time.microseconds - Int64(condition.lookback) * 1_000_000)
        for metric in condition.metrics {
            let key = Key(business: business, metric: metric)
            first[key] = first[key].map { min($0, start) } ?? start
        }
    }

    /// The statement that reads all of it.
    func call(until end: Timestamp, most: Int = mostPoints) -> Call {
        let keys = Array(first.keys)
        return Call(
            EvaluationSQL.points,
            [
                .uuids(keys.map(\.business)), .texts(keys.map(\.metric)), .timestamps(keys.map { first[$0] ?? end }), .timestamp(end),
                .int64(Int64(most)),
            ])
    }

    /// What came of it, by business.
    static func histories(_ rows: Rows) throws -> [UUID: History] {
        var series: [UUID: [String: [Point]]] = [:]
        for row in rows {
            let points = try row.withBytes(2) { bytes in bytes.map { [Point](packed: $0) } ?? [] }
            series[try row.uuid(0), default: [:]][try row.text(1)] = points
        }
        return series.mapValues { History($0) }
    }

    static func zone(_ rows: Rows) throws -> ZoneOffsets {
        ZoneOffsets(try rows.map { .init(start: try $0.timestamp(0), seconds: Int(try $0.int32(1))) })
    }
}
