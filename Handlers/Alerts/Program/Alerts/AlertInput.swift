import AlertRules
import HandlerKit
import NotificationDelivery
import NotificationRules

/// What an alert is made of, as its maker says it: `metric`, `condition` and `threshold` for the usual rule, or `rule` for any.
protocol AlertFields: Decodable, Sendable, Validated {
    var businessID: UUID { get }
    var name: String? { get }
    var severity: Severity? { get }
    var metric: String? { get }
    var condition: Comparison? { get }
    var threshold: Double? { get }
    var rule: JSONValue? { get }
    var timing: RuleTiming? { get }
    var channelIDs: [UUID]? { get }
    var escalation: Escalation? { get }
    var enabled: Bool? { get }
}

extension AlertFields {
    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(name, "name", 1...200)
        issues.require(
            name.map { name in name.contains { !$0.isWhitespace } && !name.utf8.contains(0) } ?? true, "name",
            "expected more than blanks, without NUL")
        issues.requireLength(metric, "metric", 1...200)
        issues.require((channelIDs?.count ?? 0) <= 20, "channel_ids", "expected at most 20 ids")
        let simple = [metric == nil, condition == nil, threshold == nil]
        if let rule, !rule.isNull {
            issues.require(!simple.contains(false), "rule", "expected either a rule, or metric, condition and threshold")
        } else {
            for (field, isMissing) in zip(["metric", "condition", "threshold"], simple) where isMissing {
                issues.append(.init(field: field, issue: "required where there is no rule"))
            }
        }
    }

    /// The rule itself. Throws `VALIDATION_ERROR` with all that is wrong in it.
    func draft() throws(AppError) -> AlertDraft {
        let test: Condition
        if let rule, !rule.isNull {
            test = try Condition(json: rule)
        } else if let metric, let condition, let threshold {
            test = .threshold(Threshold(metric: metric, condition, threshold))
        } else {
            throw AppError.invalid("rule", "required")
        }
        return AlertDraft(
            business: businessID, name: name ?? test.metrics.first ?? test.type, severity: severity ?? .warning, condition: test,
            timing: timing ?? RuleTiming(), channels: channelIDs ?? [], escalation: escalation, isEnabled: enabled ?? true)
    }
}

struct AlertInput: AlertFields {
    let businessID: UUID
    let name: String?
    let severity: Severity?
    let metric: String?
    let condition: Comparison?
    let threshold: Double?
    let rule: JSONValue?
    let timing: RuleTiming?
    let channelIDs: [UUID]?
    let escalation: Escalation?
    let enabled: Bool?

    enum CodingKeys: String, CodingKey {
        case name, severity, metric, condition, threshold, rule, timing, escalation, enabled
        case businessID = "business_id"
        case channelIDs = "channel_ids"
    }
}

/// What takes the place of all that an alert is made of.
struct AlertChange: AlertFields {
    let id: UUID
    let businessID: UUID
    let name: String?
    let severity: Severity?
    let metric: String?
    let condition: Comparison?
    let threshold: Double?
    let rule: JSONValue?
    let timing: RuleTiming?
    let channelIDs: [UUID]?
    let escalation: Escalation?
    let enabled: Bool?

    enum CodingKeys: String, CodingKey {
        case name, severity, metric, condition, threshold, rule, timing, escalation, enabled
        case id = "alert_id"
        case businessID = "business_id"
        case channelIDs = "channel_ids"
    }
}

/// An alert that was understood.
struct AlertDraft: Sendable {
    var business: UUID
    var name: String
    var severity: Severity
    var condition: Condition
    var timing: RuleTiming
    var channels: [UUID]
    var escalation: Escalation?
    var isEnabled: Bool

    /// In the order of ``AlertsSQL/insert`` and ``AlertsSQL/update`` behind the id.
    func binds() throws(AppError) -> [Bind] {
        var plain: (metric: String?, condition: String, threshold: Double?) = (nil, condition.type, nil)
        if case .threshold(let test) = condition, test.aggregate ?? .last == .last {
            plain = (test.metric, test.comparison.rawValue, test.value)
        }
        let rule = try JSON.encode(condition.json)
        guard rule.count <= 32_768 else { throw AppError.invalid("rule", "expected at most 32768 bytes") }
        return [
            .uuid(business), .text(name), .text(severity.rawValue), .optional(plain.metric, Bind.text), .text(plain.condition),
            .optional(plain.threshold, Bind.float8), .json(rule), .json(try JSON.encode(timing)), .uuids(channels),
            .optional(try escalation.map { escalation throws(AppError) in try JSON.encode(escalation) }, Bind.json), .bool(isEnabled),
        ]
    }
}

/// An alert as a path names it.
struct AlertPath: Decodable, Sendable {
    let id: UUID

    enum CodingKeys: String, CodingKey { case id = "alert_id" }
}
