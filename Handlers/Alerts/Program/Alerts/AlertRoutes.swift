import AlertRules
import HandlerKit
import NotificationDelivery

/// `/dashboard/alerts`: list, make, replace and delete. Another tenant's id is as unknown as one that nobody has.
enum AlertRoutes {
    /// Alerts of one tenant.
    static let most: Int64 = 1000

    @RoutesBuilder static var routes: [Route] {
        // In the order in which they were made; `limit` 1…200, 100 by default, `after` the last id of the page before.
        Route.get("/dashboard/alerts/{business_id}", access: .bearer("alerts:read"), summary: "Alerts of a business, and where they stand") {
            (query: AlertListQuery, invocation: Invocation) async throws -> AlertPage in
            let limit = query.limit ?? 100
            let found = try await invocation.database.transaction([
                Call(AlertsSQL.business, [.uuid(query.business)]),
                Call(AlertsSQL.list, [.uuid(query.business), .uuid(query.after ?? .zero), .int32(Int32(limit + 1))]),
            ])
            guard !found[0].isEmpty else { throw noBusiness }
            let alerts = try found[1].prefix(limit).map { AlertAnswer(try AlertRecord($0)) }
            return AlertPage(alerts: alerts, next: found[1].count > limit ? alerts.last?.id : nil)
        }
        // Of all businesses, in the same order; `phase` is normal, pending or firing.
        Route.get("/dashboard/alerts", access: .bearer("alerts:read"), summary: "Alerts of all businesses, and where they stand") {
            (query: AlertsQuery, invocation: Invocation) async throws -> AlertPage in
            let limit = query.limit ?? 100
            let rows = try await invocation.database.rows(
                AlertsSQL.listAll, .texts((query.phase.map { [$0] } ?? FiringState.Phase.allCases).map(\.rawValue)), .uuid(query.after ?? .zero),
                .int32(Int32(limit + 1)))
            let alerts = try rows.prefix(limit).map { AlertAnswer(try AlertRecord($0)) }
            return AlertPage(alerts: alerts, next: rows.count > limit ? alerts.last?.id : nil)
        }
        Route.post("/dashboard/alerts", access: .bearer("alerts:write"), summary: "Make an alert", status: 201) {
            (input: AlertInput, invocation: Invocation) async throws -> AlertAnswer in
            let draft = try input.draft()
            let id = invocation.makeID()
            let binds = try draft.binds() + [user(invocation), .int64(most)]
            let line = invocation.audit("alert.created", target: ("alert", id), details: ["name": .string(draft.name)])
            let event = Self.event(id, "created", nil, [:], invocation)
            // It is looked at now, not only with the timer's next time.
            let look = invocation.jobs.call(ProcessAlerts.kind)
            return try await invocation.database.interactive { transaction in
                try await check(draft, transaction)
                guard try await !transaction.batch([Call(AlertsSQL.insert, [.uuid(id)] + binds)])[0].isEmpty else {
                    throw AppError(.conflict, "A tenant has at most \(most) alerts")
                }
                let rows = try await transaction.batch([event, line, look, Call(AlertsSQL.find, [.uuid(id)])])
                return AlertAnswer(try one(rows[3]))
            }
        }
        Route.put("/dashboard/alerts/{alert_id}", access: .bearer("alerts:write"), summary: "Replace an alert") {
            (input: AlertChange, invocation: Invocation) async throws -> AlertAnswer in
            let draft = try input.draft()
            let binds = try draft.binds()
            let line = invocation.audit("alert.changed", target: ("alert", input.id), details: ["name": .string(draft.name)])
            let teller = Teller(invocation)
            let look = invocation.jobs.call(ProcessAlerts.kind)
            let event = Self.event(input.id, "changed", nil, [:], invocation)
            return try await invocation.database.interactive { transaction in
                var alert = try one(try await transaction.rows(AlertsSQL.hold, .uuid(input.id)))
                try await check(draft, transaction)
                var calls: [Call] = []
                if alert.fault != nil {
                    // Its firings keep their numbers.
                    let newest = try await transaction.rows(AlertsSQL.firings, .uuid(input.id)).first?.int32(0)
                    alert.state = FiringState(firing: Int(newest ?? 0))
                }
                // Another rule, or none: what was found before says nothing of it.
                if alert.rule != draft.condition.json || alert.timing != draft.timing || alert.business != draft.business || !draft.isEnabled {
                    let step = alert.state.restart(at: teller.now)
                    calls = try teller.calls(step, alert, at: teller.now)
                }
                calls += [
                    Call(
                        AlertsSQL.update,
                        [.uuid(input.id)] + binds + [.json(try JSON.encode(alert.state)), .text(alert.state.phase.rawValue)]),
                    event, line, look, Call(AlertsSQL.find, [.uuid(input.id)]),
                ]
                let rows = try await transaction.batch(calls)
                return AlertAnswer(try one(rows[rows.count - 1]))
            }
        }
        // With its history. What it has told of stays.
        Route.delete("/dashboard/alerts/{alert_id}", access: .bearer("alerts:write"), summary: "Delete an alert", status: 204) {
            (path: AlertPath, invocation: Invocation) async throws -> Response in
            let line = invocation.audit("alert.deleted", target: ("alert", path.id))
            try await invocation.database.interactive { transaction in
                guard try await transaction.rows(AlertsSQL.delete, .uuid(path.id)).affected > 0 else { throw notFound }
                _ = try await transaction.batch([Call(TellingSQL.forget, [.uuid(path.id), .null]), line])
            }
            return .noContent
        }
    }

    static let notFound = AppError(.notFound, "There is no such alert")
    static let noBusiness = AppError(.notFound, "There is no such business")

    static func one(_ rows: Rows) throws -> AlertRecord {
        guard let row = rows.first else { throw notFound }
        return try AlertRecord(row)
    }

    /// The same for what needs all of it. Throws `CONFLICT` where some of it cannot be read any more.
    static func whole(_ rows: Rows) throws -> AlertRecord {
        let alert = try one(rows)
        if let fault = alert.fault { throw fault }
        return alert
    }

    /// That the business and all channels are the tenant's.
    private static func check(_ draft: AlertDraft, _ transaction: Transaction) async throws {
        let channels = Array(Set(draft.channels + (draft.escalation?.steps.flatMap(\.channelIDs) ?? [])))
        let found = try await transaction.batch([
            Call(AlertsSQL.business, [.uuid(draft.business)]), Call(AlertsSQL.channels, [.uuids(channels)]),
        ])
        guard !found[0].isEmpty else { throw noBusiness }
        guard try found[1].first?.int64(0) == Int64(channels.count) else {
            throw AppError.invalid("channel_ids", "expected ids of the tenant's channels")
        }
    }

    /// A line of the history in the caller's name.
    static func event(_ alert: UUID, _ kind: String, _ firing: Int?, _ details: JSONValue, _ invocation: Invocation) -> Call {
        Call(
            AlertsSQL.event,
            [
                .uuid(alert), .uuid(invocation.makeID()), .timestamp(invocation.time.now()), .text(kind),
                .optional(firing.map(Int32.init), Bind.int32),
                user(invocation), .json(Array(details.description.utf8)),
            ])
    }

    /// Machines are nobody.
    static func user(_ invocation: Invocation) -> Bind {
        invocation.principal.apiKey != nil || invocation.principal.user.uuid == .zero ? .null : .uuid(invocation.principal.user.uuid)
    }
}

struct AlertsQuery: Decodable, Sendable, Validated {
    /// All, unless given.
    let phase: FiringState.Phase?
    let after: UUID?
    let limit: Int?

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((1...200).contains(limit ?? 1), "limit", "expected a whole number from 1 to 200")
    }
}

struct AlertListQuery: Decodable, Sendable, Validated {
    let business: UUID
    let after: UUID?
    let limit: Int?

    enum CodingKeys: String, CodingKey {
        case after, limit
        case business = "business_id"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((1...200).contains(limit ?? 1), "limit", "expected a whole number from 1 to 200")
    }
}
