import AlertRules
import HandlerKit
import NotificationDelivery
import NotificationRules

/// An alert as it is kept.
struct AlertRecord: Sendable {
    /// Columns of every statement that gives alerts, in this order.
    let id: UUID
    let business: UUID
    let businessName: String
    let user: UUID?
    let name: String
    let severity: Severity
    let metric: String?
    let conditionName: String
    let threshold: Double?
    let rule: JSONValue
    let timing: RuleTiming
    let channels: [UUID]
    let escalation: Escalation?
    let isEnabled: Bool
    var state: FiringState
    let createdAt: Timestamp
    let updatedAt: Timestamp
    /// What forecasts said of the newest values.
    var bands: ForecastBands
    /// Why it can be neither evaluated nor acted on until it is replaced: something of it cannot be read any more. Its defaults stand there.
    private(set) var fault: AppError?

    init(_ row: Row) throws {
        id = try row.uuid(0)
        business = try row.uuid(1)
        businessName = try row.text(2)
        user = try row.optionalUUID(3)
        name = try row.text(4)
        severity = Severity(rawValue: try row.text(5)) ?? .warning
        metric = try row.optionalText(6)
        conditionName = try row.text(7)
        threshold = try row.optionalFloat8(8)
        rule = try JSON.read(try row.json(9))
        var unread: [String] = []
        func part<Part: Decodable>(_ name: String, _ json: [UInt8], else standard: Part) -> Part {
            do { return try JSON.decode(Part.self, from: try JSON.read(json)) } catch {
                unread.append(name)
                return standard
            }
        }
        timing = part("timing", try row.json(10), else: RuleTiming())
        channels = try JSON.decode([UUID].self, from: try JSON.read(try row.json(11)))
        escalation = try row.optionalJSON(12).flatMap { part("escalation", $0, else: nil) }
        isEnabled = try row.bool(13)
        let state = try row.json(14)
        self.state = try JSON.read(state) == [:] ? FiringState() : part("state", state, else: FiringState())
        createdAt = try row.timestamp(15)
        updatedAt = try row.timestamp(16)
        // What another version of the product kept is made anew.
        bands = (try? JSON.decode(ForecastBands.self, from: try JSON.read(try row.json(17)))) ?? ForecastBands()
        if !unread.isEmpty {
            fault = AppError(.conflict, "The alert's \(unread.joined(separator: " and ")) cannot be read any more; replace the alert")
        }
    }

    func condition() throws(AppError) -> Condition { try Condition(json: rule) }
}

/// An alert as its readers see it.
struct AlertAnswer: Codable, Sendable {
    let id: UUID
    let businessID: UUID
    /// Who made it; null for a machine.
    @OrNull var userID: UUID?
    let name: String
    let severity: Severity
    /// Of a rule that is one threshold; null for others.
    @OrNull var metric: String?
    /// `above`, `at_least`, `below`, `at_most` of such a rule; the type of any other.
    let condition: String
    @OrNull var threshold: Double?
    let rule: JSONValue
    let timing: RuleTiming
    let channelIDs: [UUID]
    @OrNull var escalation: Escalation?
    let enabled: Bool
    /// Where it stands.
    let phase: FiringState.Phase
    let state: FiringState
    let createdAt: Timestamp
    let updatedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, name, severity, metric, condition, threshold, rule, timing, escalation, enabled, phase, state
        case businessID = "business_id"
        case userID = "user_id"
        case channelIDs = "channel_ids"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    init(_ alert: AlertRecord) {
        id = alert.id
        businessID = alert.business
        _userID = OrNull(wrappedValue: alert.user)
        name = alert.name
        severity = alert.severity
        _metric = OrNull(wrappedValue: alert.metric)
        condition = alert.conditionName
        _threshold = OrNull(wrappedValue: alert.threshold)
        rule = alert.rule
        timing = alert.timing
        channelIDs = alert.channels
        _escalation = OrNull(wrappedValue: alert.escalation)
        enabled = alert.isEnabled
        phase = alert.state.phase
        state = alert.state
        createdAt = alert.createdAt
        updatedAt = alert.updatedAt
    }
}

/// Alerts of a business, in the order in which they were made.
struct AlertPage: Codable, Sendable {
    let alerts: [AlertAnswer]
    /// What to pass as `after` for the next ones; null behind the last.
    @OrNull var next: UUID?
}
