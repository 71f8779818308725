import HandlerKit
import MetricSeries

/// Reads the metrics that one query asks for: mostly in one round trip, in two or three where they are many.
struct MetricsReader {
    private let query: MetricsQuery
    private let database: TenantDatabase
    private let size: BucketSize
    private let upper: Timestamp

    private static let defaultRange = Duration.seconds(90 * 86_400)
    private static let earliest = Timestamp(seconds: -62_135_596_800)
    private static let latest = Timestamp(microseconds: .max)

    init(_ query: MetricsQuery, _ database: TenantDatabase) {
        self.query = query
        self.database = database
        size = query.bucket ?? .raw
        upper = query.to?.instant ?? Self.latest
    }

    /// Throws `NOT_FOUND` where the tenant has no such business, `VALIDATION_ERROR` where an answer would be too long.
    func answer() async throws -> MetricsAnswer {
        let lower = query.from ?? Self.earliest
        guard let short = try await shortSeries(from: lower) else { return try await longAnswer() }
        if short.isEmpty { try await requireBusiness() }
        guard query.from == nil else { return answer(from: lower, short.map { $0.metric(size) }) }
        guard let newest = short.compactMap(\.points.last?.time).max() else { return answer(from: nil, short.map { $0.metric(size) }) }
        let start = Timestamp(microseconds: newest) - Self.defaultRange
        return answer(from: start, short.map { $0.from(start).metric(size) })
    }

    private func longAnswer() async throws -> MetricsAnswer {
        guard let from = query.from else {
            let rows = try await database.rows(MetricsSQL.newest, .uuid(query.business), .timestamp(upper), .optional(query.metric, Bind.text))
            guard let newest = try rows.first?.optionalTimestamp(0) else { return answer(from: nil, []) }
            let start = newest - Self.defaultRange
            if let short = try await shortSeries(from: start) { return answer(from: start, short.map { $0.metric(size) }) }
            return answer(from: start, try await longMetrics(from: start))
        }
        return answer(from: from, try await longMetrics(from: from))
    }

    private func answer(from: Timestamp?, _ metrics: [Metric]) -> MetricsAnswer {
        MetricsAnswer(business: query.business, size: size, from: from, to: query.to?.instant, metrics: metrics)
    }

    /// Every source with its points; nil where they are too many for one short statement.
    private func shortSeries(from lower: Timestamp) async throws -> [Series]? {
        let rows =
            if let metric = query.metric {
                try await database.rows(MetricsSQL.pointsOfOne, .uuid(query.business), .timestamp(lower), .timestamp(upper), .text(metric))
            } else {
                try await database.rows(MetricsSQL.points, .uuid(query.business), .timestamp(lower), .timestamp(upper))
            }
        guard rows.count < MetricsSQL.sourcesLimit else { return nil }
        var series: [Series] = []
        for row in rows {
            let one = try Series(row)
            guard one.points.count < MetricsSQL.pointsLimit else { return nil }
            series.append(one)
        }
        return series
    }

    private func longMetrics(from lower: Timestamp) async throws -> [Metric] {
        let range: [Bind] = [.uuid(query.business), .timestamp(lower), .timestamp(upper), .optional(query.metric, Bind.text)]
        if size == .raw {
            let rows = try await database.transaction([Call(MetricsSQL.longPoints, range)])[0]
            return try limited(try rows.map { try Series($0).metric(size) })
        }
        let days = Bind.int32(size == .month ? 0 : size == .week ? 7 : 1)
        let rows = try await database.transaction([Call(MetricsSQL.longBuckets, range + [days])])[0]
        return try limited(try rows.map { try bucketed($0) })
    }

    private func bucketed(_ row: Row) throws -> Metric {
        let buckets = try row.withBytes(3) { bytes in bytes.map { [Bucket](packed: $0) } ?? [] }
        let ends = (first: try row.optionalFloat8(4) ?? 0, last: try row.optionalFloat8(5) ?? 0)
        return Metric(
            source: try row.uuid(0), name: try row.text(1), unit: try row.optionalText(2), content: .buckets(buckets),
            aggregates: Aggregates(buckets, first: ends.first, last: ends.last))
    }

    private func limited(_ metrics: [Metric]) throws -> [Metric] {
        guard metrics.reduce(0, { $0 + $1.content.count }) <= MetricsSQL.answerLimit else {
            throw AppError.invalid(
                "from", "more than \(MetricsSQL.answerLimit) points; narrow `from` and `to`, name one `metric`, or take a larger `bucket`")
        }
        return metrics
    }

    private func requireBusiness() async throws {
        guard try await !database.rows(MetricsSQL.business, .uuid(query.business)).isEmpty else {
            throw AppError(.notFound, "There is no such business")
        }
    }
}

/// A source with its points, as the database gives them.
private struct Series {
    let source: UUID
    let name: String
    let unit: String?
    var points: [Point]

    init(_ row: Row) throws {
        source = try row.uuid(0)
        name = try row.text(1)
        unit = try row.optionalText(2)
        points = try row.withBytes(3) { bytes in bytes.map { [Point](packed: $0) } ?? [] }
    }

    func from(_ start: Timestamp) -> Series {
        var kept = self
        kept.points.removeAll { $0.time < start.microseconds }
        return kept
    }

    func metric(_ size: BucketSize) -> Metric { Metric(source: source, name: name, unit: unit, points: points, size: size) }
}
