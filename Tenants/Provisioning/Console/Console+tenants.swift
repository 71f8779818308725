public import Kernel
import Postgres

extension Console {
    /// What a new tenant is made of.
    public struct NewTenant: Sendable {
        public var slug: String
        public var name: String
        public var plan = "free"
        public var region = "default"
        public var timeZone = "UTC"
        public var isSandbox = false
        /// Who has an account and becomes the owner; nil: nobody yet.
        public var owner: UserID?
        /// Names.
        public var businesses: [String] = []

        public init(slug: String, name: String) {
            self.slug = slug
            self.name = name
        }
    }

    /// Makes a tenant, all of it or nothing. Throws `CONFLICT` for a slug that is taken, `VALIDATION_ERROR` naming each field.
    public func create(_ new: NewTenant, deadline: Deadline) async throws -> TenantID {
        let tenant = TenantID(makeID())
        var calls = [
            Call(
                ConsoleSQL.create,
                [
                    .text(new.slug), .text(new.name), .text(new.plan), .text(new.region), .text(new.timeZone),
                    .text(new.isSandbox ? "sandbox" : "live"), .optional(new.owner, Bind.id),
                ])
        ]
        if !new.businesses.isEmpty {
            calls.append(
                Call(ConsoleSQL.businesses, [.id(tenant), .uuids(new.businesses.map { _ in makeID() }), .texts(new.businesses)]))
        }
        let details: JSONValue = [
            "slug": .string(new.slug), "plan": .string(new.plan), "businesses": .integer(Int64(new.businesses.count)),
        ]
        do {
            _ = try await run(calls + record("tenant.created", tenant, details: details), tenant: tenant, deadline: deadline)
        } catch let error as AppError {
            throw try await named(error, slug: new.slug, plan: new.plan, timeZone: new.timeZone, owner: new.owner, deadline)
        }
        return tenant
    }

    /// What is to be another; what is nil stays.
    public struct Change: Sendable {
        public var name: String?
        public var slug: String?
        public var region: String?
        public var timeZone: String?
        /// 1 to 10000.
        public var weight: Int?

        public init() {}
    }

    /// Calls a tenant something else, moves or weighs it; whether anything was another.
    public func change(_ change: Change, of tenant: TenantID, deadline: Deadline) async throws -> Bool {
        let binds: [Bind] = [
            .optional(change.name, Bind.text), .optional(change.slug, Bind.text), .optional(change.region, Bind.text),
            .optional(change.timeZone, Bind.text), .optional(change.weight.map(Int32.init), Bind.int32),
        ]
        var details: JSONObject = [:]
        if let name = change.name { details["name"] = .string(name) }
        if let slug = change.slug { details["slug"] = .string(slug) }
        if let region = change.region { details["region"] = .string(region) }
        if let timeZone = change.timeZone { details["time_zone"] = .string(timeZone) }
        if let weight = change.weight { details["weight"] = .integer(Int64(weight)) }
        do {
            let rows = try await act(Call(ConsoleSQL.change, binds), "tenant.changed", tenant, .object(details), deadline)
            return try check(try rows[0].text(0))
        } catch let error as AppError {
            throw try await named(error, slug: change.slug, plan: nil, timeZone: change.timeZone, owner: nil, deadline)
        }
    }

    /// What a tenant can become.
    public enum Status: String, Sendable {
        case suspended, active
        /// Shut at once, and gone for good when the grace is over.
        case deleting
        /// What it was before it was to go.
        case undeleted
        /// Nothing of it may be removed, by its plan or for good.
        case held
        case released

        var action: String {
            switch self {
            case .suspended: "tenant.suspended"
            case .active: "tenant.resumed"
            case .deleting: "tenant.deleted"
            case .undeleted: "tenant.undeleted"
            case .held: "tenant.held"
            case .released: "tenant.released"
            }
        }
    }

    /// Shuts a tenant, opens it, holds it, lets it go or keeps it; running gateways hear of it at once. Throws `CONFLICT` where it is about to go.
    public func set(_ status: Status, of tenant: TenantID, grace: Duration = .zero, reason: String? = nil, deadline: Deadline) async throws {
        let seconds = grace.milliseconds / 1000
        var details: JSONObject = [:]
        if let reason { details["reason"] = .string(reason) }
        if status == .deleting { details["grace_seconds"] = .integer(seconds) }
        let call = Call(ConsoleSQL.setStatus, [.text(status.rawValue), .int64(seconds)])
        _ = try check(try await act(call, status.action, tenant, .object(details), deadline)[0].text(0))
    }

    /// Moves a tenant to another plan. Throws `VALIDATION_ERROR` for one that is not known.
    public func move(_ tenant: TenantID, to plan: String, reason: String, deadline: Deadline) async throws {
        let details: JSONValue = ["plan": .string(plan), "reason": .string(reason)]
        do {
            let call = Call(ConsoleSQL.changePlan, [.text(plan), .text(reason)])
            _ = try check(try await act(call, "tenant.plan_changed", tenant, details, deadline)[0].text(0))
        } catch let error as AppError {
            throw try await named(error, slug: nil, plan: plan, timeZone: nil, owner: nil, deadline)
        }
    }

    /// A call and, where it changed something, its record, all or nothing.
    private func act(_ call: Call, _ action: String, _ tenant: TenantID, _ details: JSONValue, _ deadline: Deadline) async throws -> Rows {
        let use = Call(ConsoleSQL.use, [.text(try context(tenant, until: deadline))])
        do {
            return try await client.withConnection(deadline: deadline) { own in
                try await own.transaction {
                    let rows = try await own.run(Segment(preamble: [use], [call]))[0]
                    if try rows.first?.text(0) == "changed" {
                        _ = try await own.run(Segment(record(action, tenant, details: details)))
                    }
                    return rows
                }
            }
        } catch let error as PostgresError where error.code == .server {
            throw error.appError
        }
    }

    /// Whether something was changed. Throws what it was refused with.
    private func check(_ outcome: String) throws(AppError) -> Bool {
        switch outcome {
        case "changed": return true
        case "same": return false
        case "deleting": throw AppError(.conflict, "this tenant is about to go; keep it first (undelete)")
        case "too_late": throw AppError(.conflict, "the days of grace are over; this tenant is going")
        case "unknown_plan": throw AppError.invalid("plan", "expected the name of a plan")
        default: throw AppError(.notFound, "there is no such tenant")
        }
    }

    /// A refusal in the words of the fields that caused it, where they did.
    private func named(
        _ error: AppError, slug: String?, plan: String?, timeZone: String?, owner: UserID?, _ deadline: Deadline
    ) async throws -> AppError {
        guard error.issues.isEmpty, [.conflict, .validation, .internalError].contains(error.code) else { return error }
        let binds: [Bind] = [
            .optional(slug, Bind.text), .optional(plan, Bind.text), .optional(timeZone, Bind.text), .optional(owner, Bind.id),
        ]
        let issues = try await run([Call(ConsoleSQL.faults, binds)], tenant: nil, deadline: deadline)[0].map {
            AppError.Issue(field: try $0.text(0), issue: try $0.text(1))
        }
        if issues.isEmpty { return error }
        let isTaken = issues.contains { $0.field == "slug" }
        return AppError(isTaken ? .conflict : .validation, isTaken ? "a tenant named \(slug ?? "") exists already" : nil, issues: issues)
    }
}
