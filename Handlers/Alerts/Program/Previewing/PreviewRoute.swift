import AlertRules
import HandlerKit
import MetricSeries
import NotificationDelivery
import NotificationRules

/// `POST /dashboard/alerts/preview`: what a rule would have done on the data that is there. Nothing is stored.
enum PreviewRoute {
    static let route = Route.post(
        "/dashboard/alerts/preview", access: .bearer("alerts:read"), summary: "What a rule would have done on past data", writes: false
    ) { (input: PreviewInput, invocation: Invocation) async throws -> PreviewAnswer in
        let draft = try input.alert.draft()
        let to = input.to ?? invocation.time.now()
        let from = input.from ?? to - .seconds(30 * 86_400)
        let step = input.stepSeconds ?? 900
        try RulePreview.check(from: from, to: to, stepSeconds: step)
        let reads = PreviewReads(draft.condition, from: from, to: to, stepSeconds: step)
        let whole = reads.reads.indices.filter { reads.reads[$0].every == 0 }
        let newest = reads.reads.indices.filter { reads.reads[$0].every > 0 }
        let found = try await invocation.database.transaction([
            Call(AlertsSQL.business, [.uuid(draft.business)]),
            Call(EvaluationSQL.zone, [.timestamp(from - .seconds(86_400)), .timestamp(to)]),
            PointReader.call(whole.map { (draft.business, reads.reads[$0]) }, most: reads.most + 1),
            PointReader.newest(newest.map { reads.reads[$0] }, of: draft.business, endingAt: from, most: reads.most + 1),
        ])
        guard !found[0].isEmpty else { throw AlertRoutes.noBusiness }
        let zone = try PointReader.zone(found[1])
        var points = [[Point]?](repeating: nil, count: reads.reads.count)
        for (places, rows) in [(whole, found[2]), (newest, found[3])] {
            for (place, own) in zip(places, try PointReader.points(rows, count: places.count)) { points[place] = own }
        }
        let known = Set(zip(reads.reads, points).compactMap { $1 == nil ? nil : $0.metric })
        let history = try reads.history(points.map { $0 ?? [] })
        let preview = try await invocation.offload {
            try RulePreview(draft.condition, draft.timing, draft.severity, history, zone, from: from, to: to, stepSeconds: step)
        }
        return PreviewAnswer(preview, from: from, to: to, step, unknown: draft.condition.metrics.filter { !known.contains($0) })
    }
}

struct PreviewInput: Decodable, Sendable {
    let alert: AlertInput
    /// 30 days before `to`, unless given.
    let from: Timestamp?
    /// Now, unless given.
    let to: Timestamp?
    /// 900, unless given; at least 60, so that at most 5,000 steps come of it.
    let stepSeconds: Int?

    enum CodingKeys: String, CodingKey {
        case alert, from, to
        case stepSeconds = "step_seconds"
    }
}

struct PreviewAnswer: Codable, Sendable {
    let from: Timestamp
    let to: Timestamp
    let stepSeconds: Int
    let evaluations: Int
    /// Evaluations that knew too little.
    let withoutData: Int
    /// Metrics that the business does not have, or not yet.
    let unknownMetrics: [String]
    let firingCount: Int
    let noticeCount: Int
    /// The first 500.
    let firings: [RulePreview.Firing]

    enum CodingKeys: String, CodingKey {
        case from, to, evaluations, firings
        case stepSeconds = "step_seconds"
        case withoutData = "without_data"
        case unknownMetrics = "unknown_metrics"
        case firingCount = "firing_count"
        case noticeCount = "notice_count"
    }

    init(_ preview: RulePreview, from: Timestamp, to: Timestamp, _ step: Int, unknown: [String]) {
        (self.from, self.to, stepSeconds) = (from, to, step)
        unknownMetrics = unknown
        (evaluations, withoutData) = (preview.evaluations, preview.withoutData)
        (firingCount, noticeCount, firings) = (preview.firingCount, preview.noticeCount, preview.firings)
    }
}
