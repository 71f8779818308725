import HandlerKit
import NotificationDelivery
import NotificationRules

/// What a channel is made of.
protocol ChannelFields: Decodable, Sendable, Validated {
    var name: String { get }
    var type: ChannelType { get }
    var userIDs: [UUID]? { get }
    var url: String? { get }
    var wording: MessageWording? { get }
    var leastSeverity: Severity? { get }
    var digestSeconds: Int? { get }
    var perHour: Int? { get }
    var quietHours: WeeklyHours? { get }
    var timeZone: String? { get }
    var onlyNamed: Bool? { get }
    var enabled: Bool? { get }
}

extension ChannelFields {
    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(name, "name", 1...100)
        issues.require(name.contains { !$0.isWhitespace } && !name.utf8.contains(0), "name", "expected more than blanks, without NUL")
        issues.require((0...86_400).contains(digestSeconds ?? 0), "digest_seconds", "expected a whole number from 0 to 86400")
        // Nobody gets more than 20 mails an hour from an installation.
        let most = type == .email ? 15 : 3600
        issues.require((1...most).contains(perHour ?? 1), "per_hour", "expected a whole number from 1 to \(most)")
        issues.requireLength(timeZone, "time_zone", 1...64)
        switch type {
        case .email:
            issues.require((1...50).contains(userIDs?.count ?? 0), "user_ids", "expected 1 to 50 ids of members")
            issues.require(url == nil, "url", "expected nothing for mail")
        case .slack, .webhook: issues.require(userIDs == nil, "user_ids", "expected nothing but for mail")
        }
    }

    var hourly: Int { perHour ?? (type == .email ? 10 : 60) }
}

struct ChannelInput: ChannelFields {
    let name: String
    let type: ChannelType
    let userIDs: [UUID]?
    let url: String?
    let wording: MessageWording?
    let leastSeverity: Severity?
    let digestSeconds: Int?
    let perHour: Int?
    let quietHours: WeeklyHours?
    let timeZone: String?
    let onlyNamed: Bool?
    let enabled: Bool?

    enum CodingKeys: String, CodingKey {
        case name, type, url, wording, enabled
        case userIDs = "user_ids"
        case leastSeverity = "least_severity"
        case digestSeconds = "digest_seconds"
        case perHour = "per_hour"
        case quietHours = "quiet_hours"
        case timeZone = "time_zone"
        case onlyNamed = "only_named"
    }
}

/// What takes the place of all that a channel is made of; its type stays, and without `url` its address.
struct ChannelChange: ChannelFields {
    let id: UUID
    let name: String
    let type: ChannelType
    let userIDs: [UUID]?
    let url: String?
    let wording: MessageWording?
    let leastSeverity: Severity?
    let digestSeconds: Int?
    let perHour: Int?
    let quietHours: WeeklyHours?
    let timeZone: String?
    let onlyNamed: Bool?
    let enabled: Bool?

    enum CodingKeys: String, CodingKey {
        case name, type, url, wording, enabled
        case id = "channel_id"
        case userIDs = "user_ids"
        case leastSeverity = "least_severity"
        case digestSeconds = "digest_seconds"
        case perHour = "per_hour"
        case quietHours = "quiet_hours"
        case timeZone = "time_zone"
        case onlyNamed = "only_named"
    }
}

struct ChannelPath: Decodable, Sendable {
    let id: UUID

    enum CodingKeys: String, CodingKey { case id = "channel_id" }
}
