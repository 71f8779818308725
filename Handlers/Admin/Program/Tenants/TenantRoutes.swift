import HandlerKit

/// `/admin/tenants`: list, show, and call a tenant something else.
enum TenantRoutes {
    @RoutesBuilder static var routes: [Route] {
        // In the order of the slugs; `limit` 1…500, 100 by default, `after` the `next` of the page before.
        Route.get("/admin/tenants", access: .operator("tenants:read"), summary: "Tenants, a page at a time") {
            (query: TenantQuery, invocation: OperatorInvocation) async throws -> TenantPage in
            let limit = query.limit ?? 100
            let rows = try await invocation.functions.rows(
                TenantsSQL.list, .text(query.after ?? ""), .optional(query.status?.rawValue, Bind.text), .optional(query.plan, Bind.text),
                .optional(query.kind?.rawValue, Bind.text), .optional(query.search, Bind.text), .int32(Int32(limit + 1)))
            let tenants = try rows.prefix(limit).map { try TenantAnswer($0) }
            return TenantPage(tenants: tenants, next: rows.count > limit ? tenants.last?.slug : nil)
        }
        Route.get("/admin/tenants/{tenant_id}", access: .operator("tenants:read"), summary: "A tenant and its owners") {
            (_: TenantPath, invocation: OperatorInvocation) async throws -> TenantDetails in
            try await details(invocation)
        }
        Route.patch("/admin/tenants/{tenant_id}", access: .operator("tenants:write"), summary: "Rename a tenant, move it, weigh it") {
            (input: TenantChange, invocation: OperatorInvocation) async throws -> TenantDetails in
            do {
                try await change(input, invocation)
            } catch let error as AppError {
                throw try await TenantFaults.named(error, slug: input.slug, plan: nil, timeZone: input.timeZone, owner: nil, invocation)
            }
            return try await details(invocation)
        }
        Route.put("/admin/tenants/{tenant_id}/plan", access: .operator("tenants:write"), summary: "Move a tenant to another plan") {
            (input: PlanChange, invocation: OperatorInvocation) async throws -> TenantDetails in
            do {
                try await move(input, invocation)
            } catch let error as AppError {
                throw try await TenantFaults.named(error, slug: nil, plan: input.plan, timeZone: nil, owner: nil, invocation)
            }
            return try await details(invocation)
        }
    }

    static let notFound = AppError(.notFound, "There is no such tenant")

    static func details(_ invocation: OperatorInvocation) async throws -> TenantDetails {
        let results = try await invocation.functions.transaction([Call(TenantsSQL.show), Call(TenantsSQL.owners)])
        guard let row = results[0].first else { throw notFound }
        return try TenantDetails(row, results[1])
    }

    private static func change(_ input: TenantChange, _ invocation: OperatorInvocation) async throws {
        try await invocation.database.interactive { transaction in
            let outcome = try await transaction.rows(
                TenantsSQL.change, .optional(input.name, Bind.text), .optional(input.slug, Bind.text), .optional(input.region, Bind.text),
                .optional(input.timeZone, Bind.text), .optional(input.weight.map(Int32.init), Bind.int32)
            ).first?.text(0)
            switch outcome {
            case "changed": break
            case "same": return
            default: throw notFound
            }
            var details: JSONObject = [:]
            if let name = input.name { details["name"] = .string(name) }
            if let slug = input.slug { details["slug"] = .string(slug) }
            if let region = input.region { details["region"] = .string(region) }
            if let timeZone = input.timeZone { details["time_zone"] = .string(timeZone) }
            if let weight = input.weight { details["weight"] = .integer(Int64(weight)) }
            _ = try await transaction.batch([
                invocation.audit("tenant.changed", target: ("tenant", input.tenantID), details: .object(details)),
                invocation.event("tenant.changed", details: .object(details)),
            ])
        }
    }

    private static func move(_ input: PlanChange, _ invocation: OperatorInvocation) async throws {
        try await invocation.database.interactive { transaction in
            let outcome = try await transaction.rows(TenantsSQL.changePlan, .text(input.plan), .text(input.reason)).first?.text(0)
            switch outcome {
            case "changed": break
            case "same": return
            case "unknown_plan": throw AppError.invalid("plan", "expected the name of a plan")
            default: throw notFound
            }
            let details: JSONValue = ["plan": .string(input.plan), "reason": .string(input.reason)]
            _ = try await transaction.batch([
                invocation.audit("tenant.plan_changed", target: ("tenant", input.tenantID), details: details),
                invocation.event("tenant.plan_changed", details: details),
            ])
        }
    }
}

/// A tenant as a path names it.
struct TenantPath: Decodable, Sendable {
    let tenantID: TenantID

    enum CodingKeys: String, CodingKey { case tenantID = "tenant_id" }
}

/// Which tenants are listed.
struct TenantQuery: Decodable, Sendable, Validated {
    let after: String?
    let limit: Int?
    let status: Status?
    let plan: String?
    let kind: TenantKind?
    /// What the slug begins with, or the name holds, in any case.
    let search: String?

    enum Status: String, Decodable, Sendable, CaseIterable { case active, suspended, deleting }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((1...500).contains(limit ?? 1), "limit", "expected a whole number from 1 to 500")
        issues.requireLength(after, "after", 0...63)
        issues.requireLength(plan, "plan", 1...32)
        issues.requireLength(search, "search", 1...200)
    }
}

/// Another plan for a tenant.
struct PlanChange: Decodable, Sendable, Validated {
    let tenantID: TenantID
    let plan: String
    /// Stands in the record.
    let reason: String

    enum CodingKeys: String, CodingKey {
        case tenantID = "tenant_id"
        case plan, reason
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.requireLength(plan, "plan", 1...32)
        issues.requireLength(reason, "reason", 1...500)
    }
}
