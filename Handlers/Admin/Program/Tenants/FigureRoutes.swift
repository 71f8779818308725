import HandlerKit

/// What a tenant uses, and how it fares.
enum FigureRoutes {
    @RoutesBuilder static var routes: [Route] {
        // `from` and `to` are hours: 30 days up to now unless given. Gateways write the sums every few seconds.
        Route.get("/admin/tenants/{tenant_id}/usage", access: .operator("tenants:read"), summary: "What a tenant's calls used, by handler") {
            (query: UsageQuery, invocation: OperatorInvocation) async throws -> UsageAnswer in
            let end = query.to ?? invocation.time.now()
            let start = query.from ?? end - .seconds(30 * 86_400)
            let rows = try await invocation.functions.rows(TenantsSQL.usage, .timestamp(start), .timestamp(end))
            return UsageAnswer(from: start, to: end, handlers: try rows.map { try HandlerSums($0) })
        }
        Route.get("/admin/tenants/{tenant_id}/health", access: .operator("tenants:read"), summary: "How a tenant fares") {
            (_: TenantPath, invocation: OperatorInvocation) async throws -> HealthAnswer in
            guard let row = try await invocation.functions.rows(TenantsSQL.health).first else { throw TenantRoutes.notFound }
            return try HealthAnswer(row, at: invocation.time.now())
        }
    }
}

struct UsageQuery: Decodable, Sendable, Validated {
    let tenantID: TenantID
    let from: Timestamp?
    let to: Timestamp?

    enum CodingKeys: String, CodingKey {
        case tenantID = "tenant_id"
        case from, to
    }

    func validate(_ issues: inout [AppError.Issue]) {
        if let from, let to { issues.require(from < to, "to", "expected a time behind `from`") }
    }
}

struct UsageAnswer: Codable, Sendable {
    let from: Timestamp
    let to: Timestamp
    let handlers: [HandlerSums]
}

/// What calls of one handler used.
struct HandlerSums: Codable, Sendable {
    let handler: String
    let invocations: Int64
    /// Those that were answered with 500 or above, or not to their end.
    let errors: Int64
    let cpuMicroseconds: Int64
    let databaseMicroseconds: Int64
    let rows: Int64
    let databaseBytes: Int64
    let requestBytes: Int64
    let answerBytes: Int64

    enum CodingKeys: String, CodingKey {
        case handler, invocations, errors, rows
        case cpuMicroseconds = "cpu_us"
        case databaseMicroseconds = "database_us"
        case databaseBytes = "database_bytes"
        case requestBytes = "request_bytes"
        case answerBytes = "answer_bytes"
    }

    init(_ row: Row) throws {
        handler = try row.text(0)
        invocations = try row.int64(1)
        errors = try row.int64(2)
        cpuMicroseconds = try row.int64(3)
        databaseMicroseconds = try row.int64(4)
        rows = try row.int64(5)
        databaseBytes = try row.int64(6)
        requestBytes = try row.int64(7)
        answerBytes = try row.int64(8)
    }
}

/// How a tenant fares, in one word and with the figures behind it.
struct HealthAnswer: Codable, Sendable {
    /// What an operator looks at first.
    enum State: String, Codable, Sendable, CaseIterable {
        /// Nothing stands out.
        case ok
        /// Of at least 20 calls of the last day one in twenty or more failed, or mail could not be delivered.
        case failing
        /// Nobody has called it for a week.
        case idle
        case suspended, deleting
    }

    let state: State
    /// In words; empty for `ok`.
    let reasons: [String]
    let callsDay: Int64
    let errorsDay: Int64
    /// The hour of the last call; absent where there was none.
    let lastCallAt: Timestamp?
    let signInsDay: Int64
    let refusedSignInsDay: Int64
    let lastSignInAt: Timestamp?
    let liveSessions: Int64
    let liveAPIKeys: Int64
    let mailWaiting: Int64
    let mailFailedWeek: Int64

    enum CodingKeys: String, CodingKey {
        case state, reasons
        case callsDay = "calls_day"
        case errorsDay = "errors_day"
        case lastCallAt = "last_call_at"
        case signInsDay = "sign_ins_day"
        case refusedSignInsDay = "refused_sign_ins_day"
        case lastSignInAt = "last_sign_in_at"
        case liveSessions = "live_sessions"
        case liveAPIKeys = "live_api_keys"
        case mailWaiting = "mail_waiting"
        case mailFailedWeek = "mail_failed_week"
    }

    /// The columns of ``TenantsSQL/health``.
    init(_ row: Row, at now: Timestamp) throws {
        callsDay = try row.int64(2)
        errorsDay = try row.int64(3)
        lastCallAt = try row.isNull(4) ? nil : row.timestamp(4)
        signInsDay = try row.int64(5)
        refusedSignInsDay = try row.int64(6)
        lastSignInAt = try row.isNull(7) ? nil : row.timestamp(7)
        liveSessions = try row.int64(8)
        liveAPIKeys = try row.int64(9)
        mailWaiting = try row.int64(10)
        mailFailedWeek = try row.int64(11)
        var reasons: [String] = []
        var state = State.ok
        if lastCallAt.map({ now - $0 > .seconds(7 * 86_400) }) ?? true {
            state = .idle
            reasons.append(lastCallAt.map { "the last call was in the hour of \($0)" } ?? "it was never called")
        }
        if callsDay >= 20, errorsDay * 20 >= callsDay {
            state = .failing
            reasons.append("\(errorsDay) of \(callsDay) calls of the last day failed")
        }
        if mailFailedWeek > 0 {
            state = .failing
            reasons.append("\(mailFailedWeek) mails of the last week could not be delivered")
        }
        switch try row.text(0) {
        case "suspended":
            state = .suspended
            reasons.append("it is suspended")
        case "deleting":
            state = .deleting
            reasons.append("it goes for good at \(try row.timestamp(1))")
        default: break
        }
        self.state = state
        self.reasons = reasons
    }
}
