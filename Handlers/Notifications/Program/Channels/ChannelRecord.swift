import HandlerKit
import NotificationDelivery
import NotificationRules

/// Where messages go.
enum ChannelType: String, Codable, Sendable, CaseIterable { case email, slack, webhook }

/// What everybody may read of where a channel leads.
struct ChannelConfig: Codable, Sendable, Hashable {
    /// Of mail: members.
    var userIDs: [UUID]?
    /// Of the others: the origin that is called, such as `https://hooks.example.com`. The rest of the address is a secret.
    var origin: String?

    enum CodingKeys: String, CodingKey {
        case origin
        case userIDs = "user_ids"
    }
}

/// What is sealed of a channel.
struct ChannelSecret: Codable, Sendable {
    struct Signing: Codable, Sendable {
        var text: String
        /// Nil: until it is replaced.
        var until: Timestamp?
    }

    var url: String
    /// The newest first; none for Slack's kind.
    var secrets: [Signing]

    /// How long the secret before signs, too.
    static let overlap = Duration.seconds(86_400)

    /// A new secret in front; the one before signs, too, for a day.
    mutating func rotate(_ secret: WebhookSecret, at now: Timestamp) {
        var old = secrets.prefix(1).map { $0 }
        for index in old.indices { old[index].until = now + Self.overlap }
        secrets = [Signing(text: secret.text, until: nil)] + old
    }

    func signature(at now: Timestamp) throws(AppError) -> WebhookSignature {
        var valid: [WebhookSecret] = []
        for secret in secrets where secret.until.map({ now < $0 }) ?? true { valid.append(try WebhookSecret(secret.text)) }
        return WebhookSignature(valid)
    }

    static func purpose(_ channel: UUID) -> String { "notification channel\n\(channel)" }
}

/// A channel as it is kept, in the order of the statements that give channels.
struct ChannelRecord: Sendable {
    let id: UUID
    let name: String
    let type: ChannelType
    let config: ChannelConfig
    let secret: [UInt8]?
    let wording: MessageWording
    let leastSeverity: Severity
    let digestSeconds: Int
    let perHour: Int
    let quietHours: WeeklyHours?
    let timeZone: String?
    let onlyNamed: Bool
    let isEnabled: Bool
    let disabledReason: String?
    var throttle: Throttle
    let createdAt: Timestamp
    let updatedAt: Timestamp

    init(_ row: Row) throws {
        id = try row.uuid(0)
        name = try row.text(1)
        type = ChannelType(rawValue: try row.text(2)) ?? .webhook
        config = try Self.decode(row.json(3))
        secret = try row.optionalBytes(4)
        wording = try Self.decode(row.json(5))
        leastSeverity = Severity(rawValue: try row.text(6)) ?? .info
        digestSeconds = Int(try row.int32(7))
        perHour = Int(try row.int32(8))
        quietHours = try row.optionalJSON(9).map { try Self.decode($0) }
        timeZone = try row.optionalText(10)
        onlyNamed = try row.bool(11)
        isEnabled = try row.bool(12)
        disabledReason = try row.optionalText(13)
        throttle = try Self.decode(row.json(14))
        createdAt = try row.timestamp(15)
        updatedAt = try row.timestamp(16)
    }

    private static func decode<Value: Decodable>(_ json: [UInt8]) throws(AppError) -> Value { try JSON.decode(Value.self, from: try JSON.read(json)) }
}

/// A channel as its readers see it.
struct ChannelAnswer: Codable, Sendable {
    let id: UUID
    let name: String
    let type: ChannelType
    let config: ChannelConfig
    let wording: MessageWording
    let leastSeverity: Severity
    let digestSeconds: Int
    let perHour: Int
    @OrNull var quietHours: WeeklyHours?
    @OrNull var timeZone: String?
    let onlyNamed: Bool
    let enabled: Bool
    /// Why it was switched off, where nobody did it.
    @OrNull var disabledReason: String?
    let createdAt: Timestamp
    let updatedAt: Timestamp
    /// What messages are signed with: shown when it is made, and never again.
    var secret: String?

    enum CodingKeys: String, CodingKey {
        case id, name, type, config, wording, enabled, secret
        case leastSeverity = "least_severity"
        case digestSeconds = "digest_seconds"
        case perHour = "per_hour"
        case quietHours = "quiet_hours"
        case timeZone = "time_zone"
        case onlyNamed = "only_named"
        case disabledReason = "disabled_reason"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
    }

    init(_ channel: ChannelRecord, secret: String? = nil) {
        (id, name, type, config, wording) = (channel.id, channel.name, channel.type, channel.config, channel.wording)
        (leastSeverity, digestSeconds, perHour) = (channel.leastSeverity, channel.digestSeconds, channel.perHour)
        _quietHours = OrNull(wrappedValue: channel.quietHours)
        _timeZone = OrNull(wrappedValue: channel.timeZone)
        (onlyNamed, enabled) = (channel.onlyNamed, channel.isEnabled)
        _disabledReason = OrNull(wrappedValue: channel.disabledReason)
        (createdAt, updatedAt, self.secret) = (channel.createdAt, channel.updatedAt, secret)
    }
}

struct ChannelList: Codable, Sendable {
    let channels: [ChannelAnswer]
}
