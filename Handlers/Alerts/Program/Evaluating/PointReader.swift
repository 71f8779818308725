import AlertRules
import HandlerKit
import MetricSeries
import NotificationRules

/// Asks for points of metrics, and takes what comes.
enum PointReader {
    /// One statement for reads of several businesses.
    static func call(_ reads: [(business: UUID, read: MetricRead)]) -> Call {
        Call(
            EvaluationSQL.points,
            [
                .uuids(reads.map(\.business)), .texts(reads.map(\.read.metric)), .timestamps(reads.map(\.read.from)),
                .timestamps(reads.map(\.read.through)), .int64s(reads.map { Int64($0.read.most) }),
            ])
    }

    /// The same for previews.
    static func call(_ reads: [(business: UUID, read: PreviewReads.Read)], most: Int) -> Call {
        Call(
            EvaluationSQL.points,
            [
                .uuids(reads.map(\.business)), .texts(reads.map(\.read.metric)), .timestamps(reads.map(\.read.from)),
                .timestamps(reads.map(\.read.through)), .int64s(reads.map { _ in Int64(most) }),
            ])
    }

    /// The newest points of stretches alone, which end at a moment and before and behind it.
    static func newest(_ reads: [PreviewReads.Read], of business: UUID, endingAt moment: Timestamp, most: Int) -> Call {
        Call(
            EvaluationSQL.newest,
            [
                .uuid(business), .texts(reads.map(\.metric)), .timestamps(reads.map(\.from)), .timestamps(reads.map(\.through)),
                .float8s(reads.map { Double($0.every) }), .timestamp(moment), .int64(Int64(most)),
            ])
    }

    /// The points of each read, by its place; nil for a metric that the business does not have.
    static func points(_ rows: Rows, count: Int) throws -> [[Point]?] {
        var points = [[Point]?](repeating: nil, count: count)
        for row in rows {
            let place = Int(try row.int64(0)) - 1
            guard points.indices.contains(place) else { continue }
            points[place] = try row.withBytes(1) { bytes in bytes.map { [Point](packed: $0) } ?? [] }
        }
        return points
    }

    static func zone(_ rows: Rows) throws -> ZoneOffsets {
        ZoneOffsets(try rows.map { .init(start: try $0.timestamp(0), seconds: Int(try $0.int32(1))) })
    }
}
