import AlertRules
import HandlerKit

/// What members do with an alert: acknowledge, snooze, try.
enum ActionRoutes {
    @RoutesBuilder static var routes: [Route] {
        // Nobody is told of this firing again, and its escalation stops.
        Route.post("/dashboard/alerts/{alert_id}/acknowledge", access: .bearer("alerts:write"), summary: "Acknowledge a firing alert", body: .none) {
            (path: AlertPath, invocation: Invocation) async throws -> AlertAnswer in
            try await change(path.id, invocation, "acknowledged") { state, now throws(AppError) in
                try state.acknowledge(at: now)
                return [:]
            }
        }
        // Until then nobody is told; what is still true then is told then. Without a time it is told of again from now on.
        Route.post("/dashboard/alerts/{alert_id}/snooze", access: .bearer("alerts:write"), summary: "Tell nobody of an alert for a while") {
            (input: SnoozeInput, invocation: Invocation) async throws -> AlertAnswer in
            try await change(input.id, invocation, "snoozed") { state, now throws(AppError) in
                if let until = input.until {
                    guard until > now, until <= now + .seconds(31 * 86_400) else {
                        throw AppError.invalid("until", "expected a time within the next 31 days")
                    }
                }
                state.snooze(until: input.until)
                return ["until": input.until.map { .string($0.description) } ?? .null]
            }
        }
        // To everybody who would be told, and said to be a test. The alert's state stays.
        Route.post(
            "/dashboard/alerts/{alert_id}/test", access: .bearer("alerts:write"), summary: "Send what an alert would send", status: 202, body: .none
        ) {
            (path: AlertPath, invocation: Invocation) async throws -> AlertAnswer in
            let teller = Teller(invocation)
            let event = AlertRoutes.event(path.id, "test", nil, [:], invocation)
            return try await invocation.database.interactive { transaction in
                let alert = try AlertRoutes.whole(try await transaction.rows(AlertsSQL.find, .uuid(path.id)))
                _ = try await transaction.batch([event] + teller.test(alert))
                invocation.jobs.announce()
                return AlertAnswer(alert)
            }
        }
    }

    /// Changes the state in one transaction with a line of the history.
    private static func change(
        _ id: UUID, _ invocation: Invocation, _ kind: String, _ body: @Sendable (inout FiringState, Timestamp) throws(AppError) -> JSONValue
    ) async throws -> AlertAnswer {
        let now = invocation.time.now()
        let user = AlertRoutes.user(invocation)
        return try await invocation.database.interactive { transaction in
            var alert = try AlertRoutes.whole(try await transaction.rows(AlertsSQL.hold, .uuid(id)))
            let details = try body(&alert.state, now)
            let firing = alert.state.phase == .firing ? alert.state.firing : nil
            var calls = [
                Call(AlertsSQL.keepState, [.uuid(id), .json(try JSON.encode(alert.state)), .text(alert.state.phase.rawValue)]),
                AlertRoutes.event(id, kind, firing, details, invocation),
            ]
            if kind == "acknowledged", let firing {
                calls += [
                    Call(AlertsSQL.acknowledge, [.uuid(id), .int32(Int32(firing)), .timestamp(now), user]),
                    Call(TellingSQL.forget, [.uuid(id), .int32(Int32(firing))]),
                ]
            }
            _ = try await transaction.batch(calls)
            return AlertAnswer(alert)
        }
    }
}

struct SnoozeInput: Decodable, Sendable {
    let id: UUID
    let until: Timestamp?

    enum CodingKeys: String, CodingKey {
        case until
        case id = "alert_id"
    }
}
