public import Kernel
public import Postgres

/// Plans, which tenants have them, and what is used of them. The client signs in as the installer.
///
/// Throws `VALIDATION_ERROR` and `CONFLICT` with what was expected or is taken already, `NOT_FOUND` for plans and tenants that do not exist.
public struct Plans: Sendable {
    let client: PostgresClient

    public init(client: PostgresClient) { self.client = client }

    /// All plans, in their order.
    public func list(deadline: Deadline) async throws -> [Plan] {
        try await run(PlansSQL.list, [], deadline).map(Self.plan)
    }

    /// The plan of that name.
    public func plan(_ name: String, deadline: Deadline) async throws -> Plan {
        guard let plan = try await list(deadline: deadline).first(where: { $0.name == name }) else { throw Self.unknown(name) }
        return plan
    }

    /// Makes a plan.
    public func create(_ plan: Plan, deadline: Deadline) async throws {
        try Self.check(plan)
        do {
            _ = try await run(PlansSQL.create, Self.binds(plan), deadline)
        } catch let error as PostgresError where error.sqlState == "23505" {
            throw AppError(.conflict, "a plan named \(plan.name) exists already")
        }
    }

    /// Puts a plan in the place of the one of its name. Its tenants are held to it from the next call on, in running gateways too; what they use above a
    /// limit stays, and only more of it is refused.
    public func change(_ plan: Plan, deadline: Deadline) async throws {
        try Self.check(plan)
        let segment = Segment([Call(PlansSQL.change, Self.binds(plan)), Call(PlansSQL.spread, [.text(plan.name)])])
        guard try await !client.run(segment, deadline: deadline)[0].isEmpty else { throw Self.unknown(plan.name) }
    }

    /// Gives a tenant a plan, from the next call on; false: it had it. `reason` stands in the record, at most 500 characters.
    public func set(_ plan: String, of tenant: TenantID, reason: String, deadline: Deadline) async throws -> Bool {
        guard reason.unicodeScalars.count <= 500 else { throw AppError.invalid("reason", "expected at most 500 characters") }
        let outcome = try await run(PlansSQL.set, [.id(tenant), .text(plan), .text(reason)], deadline)[0].text(0)
        switch outcome {
        case "changed": return true
        case "same": return false
        case "unknown_plan": throw Self.unknown(plan)
        default: throw AppError(.notFound, "there is no tenant \(tenant)")
        }
    }

    /// Each limit of a tenant's plan beside what is used of it.
    public func quotas(of tenant: TenantID, deadline: Deadline) async throws -> [QuotaUse] {
        try await run(PlansSQL.quotas, [.id(tenant)], deadline).map { row in
            QuotaUse(
                metric: try row.text(0), limit: try row.text(1), allowed: try row.optionalInt64(2), used: try row.int64(3), plan: try row.text(4),
                resetsAt: try row.optionalTimestamp(5))
        }
    }

    /// What a tenant used in each day or month that begins from `since` on and before `until`; periods without any use are left out.
    public func history(of tenant: TenantID, by grain: UsageGrain, since: Timestamp, until: Timestamp, deadline: Deadline) async throws
        -> [PeriodUsage]
    {
        let binds: [Bind] = [.id(tenant), .text(grain.rawValue), .timestamp(since), .timestamp(until)]
        return try await run(PlansSQL.history, binds, deadline).map { row in
            PeriodUsage(
                periodStart: try row.timestamp(0), invocations: try row.int64(1), jobs: try row.int64(2), errors: try row.int64(3),
                cpuMicroseconds: try row.int64(4), databaseMicroseconds: try row.int64(5), rows: try row.int64(6), databaseBytes: try row.int64(7),
                requestBytes: try row.int64(8), answerBytes: try row.int64(9))
        }
    }

    private func run(_ statement: Statement, _ binds: [Bind], _ deadline: Deadline) async throws -> Rows {
        try await client.run(Segment([Call(statement, binds)]), deadline: deadline)[0]
    }

    private static func check(_ plan: Plan) throws(AppError) {
        guard plan.issues.isEmpty else { throw AppError(.validation, issues: plan.issues) }
    }

    private static func unknown(_ name: String) -> AppError { AppError(.notFound, "there is no plan \(name.prefix(64)); see `tenantry plan list`") }

    private static func binds(_ plan: Plan) -> [Bind] {
        let limits = plan.limits
        func small(_ value: Int?) -> Bind { .optional(value) { .int32(Int32(clamping: $0)) } }
        return [
            .text(plan.name), .text(plan.title), .text(plan.description), small(plan.position), .bool(plan.isPublic), .int64(plan.priceMinor),
            .text(plan.currency), .text(plan.billingInterval.rawValue), small(plan.trialDays), small(limits.callsPerMinute),
            .optional(limits.kpis, Bind.int64), .optional(limits.rows, Bind.int64), .optional(limits.members, Bind.int64),
            .optional(limits.uploadsPerMonth, Bind.int64), .optional(limits.forecastsPerMonth, Bind.int64),
            .optional(limits.crawlPagesPerMonth, Bind.int64), small(limits.retentionDays), .bool(plan.mfaRequired),
            .optional(limits.storedBytes, Bind.int64), .optional(limits.queuedJobs, Bind.int64),
        ]
    }

    private static func plan(_ row: Row) throws -> Plan {
        var plan = Plan(name: try row.text(0), title: try row.text(1))
        plan.description = try row.text(2)
        plan.position = Int(try row.int32(3))
        plan.isPublic = try row.bool(4)
        plan.priceMinor = try row.int64(5)
        plan.currency = try row.text(6)
        plan.billingInterval = Plan.Interval(rawValue: try row.text(7)) ?? .month
        plan.trialDays = Int(try row.int32(8))
        plan.limits.callsPerMinute = try row.optionalInt32(9).map { Int($0) }
        plan.limits.kpis = try row.optionalInt64(10)
        plan.limits.rows = try row.optionalInt64(11)
        plan.limits.members = try row.optionalInt64(12)
        plan.limits.uploadsPerMonth = try row.optionalInt64(13)
        plan.limits.forecastsPerMonth = try row.optionalInt64(14)
        plan.limits.crawlPagesPerMonth = try row.optionalInt64(15)
        plan.limits.retentionDays = try row.optionalInt32(16).map { Int($0) }
        plan.mfaRequired = try row.bool(17)
        plan.limits.storedBytes = try row.optionalInt64(18)
        plan.limits.queuedJobs = try row.optionalInt64(19)
        return plan
    }
}
