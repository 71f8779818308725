import HandlerKit
import NotificationRules

/// `/notifications/preferences`: what the caller wants to hear by mail, and when not. What stands in the app stands there in any case.
enum PreferenceRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.get("/notifications/preferences", access: .bearer("notifications:read"), summary: "What the caller wants to hear") {
            (_: NoInput, invocation: Invocation) async throws -> Preferences in
            let rows = try await invocation.database.rows(InboxSQL.preferences, .uuids([invocation.principal.user.uuid]))
            return try rows.first.map { try Preferences($0) } ?? Preferences()
        }
        Route.put("/notifications/preferences", access: .bearer("notifications:read"), summary: "Say what the caller wants to hear", writes: true) {
            (input: Preferences, invocation: Invocation) async throws -> Preferences in
            guard invocation.principal.apiKey == nil else { throw AppError(.forbidden, "A key has no preferences") }
            let now = invocation.time.now()
            let quiet = try input.quietHours.map { hours throws(AppError) in try JSON.encode(hours) }
            try await invocation.database.interactive { transaction in
                let zone = try await transaction.rows(ChannelsSQL.zone, .optional(input.timeZone, Bind.text), .timestamp(now), .timestamp(now))
                guard !zone.isEmpty else { throw AppError.invalid("time_zone", "expected the name of a zone such as Europe/Berlin") }
                _ = try await transaction.rows(
                    InboxSQL.prefer, .uuid(invocation.principal.user.uuid), .bool(input.email ?? true),
                    .text((input.leastSeverity ?? .info).rawValue), .optional(quiet, Bind.json), .optional(input.timeZone, Bind.text))
            }
            return input.whole
        }
    }
}

struct Preferences: Codable, Sendable, Validated {
    /// Whether mail comes at all. Defaults to true.
    var email: Bool?
    /// Of mail. Defaults to info: all.
    var leastSeverity: Severity?
    /// When no mail comes but what is critical.
    @OrNull var quietHours: WeeklyHours?
    /// Of the quiet hours. Null: the caller's own, else the tenant's.
    @OrNull var timeZone: String?

    enum CodingKeys: String, CodingKey {
        case email
        case leastSeverity = "least_severity"
        case quietHours = "quiet_hours"
        case timeZone = "time_zone"
    }

    init() {
        (email, leastSeverity) = (true, .info)
        _quietHours = OrNull(wrappedValue: nil)
        _timeZone = OrNull(wrappedValue: nil)
    }

    /// Behind the id.
    init(_ row: Row) throws {
        email = try row.bool(1)
        leastSeverity = Severity(rawValue: try row.text(2))
        _quietHours = OrNull(wrappedValue: try row.optionalJSON(3).map { try JSON.decode(WeeklyHours.self, from: try JSON.read($0)) })
        _timeZone = OrNull(wrappedValue: try row.optionalText(4))
    }

    func validate(_ issues: inout [AppError.Issue]) { issues.requireLength(timeZone, "time_zone", 1...64) }

    /// With the defaults.
    var whole: Preferences {
        var whole = self
        (whole.email, whole.leastSeverity) = (email ?? true, leastSeverity ?? .info)
        return whole
    }
}
