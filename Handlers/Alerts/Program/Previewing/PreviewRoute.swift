import AlertRules
import HandlerKit
import NotificationDelivery
import NotificationRules

/// `POST /dashboard/alerts/preview`: what a rule would have done on the data that is there. Nothing is stored.
enum PreviewRoute {
    /// Points of one metric that a preview looks at.
    private static let mostPoints = 100_000

    static let route = Route.post(
        "/dashboard/alerts/preview", access: .bearer("alerts:read"), summary: "What a rule would have done on past data", writes: false
    ) { (input: PreviewInput, invocation: Invocation) async throws -> PreviewAnswer in
        let draft = try input.alert.draft()
        let to = input.to ?? invocation.time.now()
        let from = input.from ?? to - .seconds(30 * 86_400)
        let step = input.stepSeconds ?? 900
        try RulePreview.check(from: from, to: to, stepSeconds: step)
        var reader = HistoryReader()
        reader.need(draft.condition, draft.business, at: from)
        let found = try await invocation.database.transaction([
            Call(AlertsSQL.business, [.uuid(draft.business)]), reader.call(until: to, most: mostPoints),
            Call(EvaluationSQL.zone, [.timestamp(from - .seconds(86_400)), .timestamp(to)]),
        ])
        guard !found[0].isEmpty else { throw AlertRoutes.noBusiness }
        let history = try HistoryReader.histories(found[1])[draft.business] ?? History([:])
        let zone = try HistoryReader.zone(found[2])
        let preview = try await invocation.offload {
            try RulePreview(draft.condition, draft.timing, draft.severity, history, zone, from: from, to: to, stepSeconds: step)
        }
        return PreviewAnswer(preview, from: from, to: to, step)
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
    let firingCount: Int
    let noticeCount: Int
    /// The first 500.
    let firings: [RulePreview.Firing]

    enum CodingKeys: String, CodingKey {
        case from, to, evaluations, firings
        case stepSeconds = "step_seconds"
        case withoutData = "without_data"
        case firingCount = "firing_count"
        case noticeCount = "notice_count"
    }

    init(_ preview: RulePreview, from: Timestamp, to: Timestamp, _ step: Int) {
        (self.from, self.to, stepSeconds) = (from, to, step)
        (evaluations, withoutData) = (preview.evaluations, preview.withoutData)
        (firingCount, noticeCount, firings) = (preview.firingCount, preview.noticeCount, preview.firings)
    }
}
