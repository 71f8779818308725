import HandlerKit

/// What shuts a tenant, opens it, holds it, and lets it go. Members' calls are refused from the next one on, in all gateways.
enum StatusRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.post("/admin/tenants/{tenant_id}/suspend", access: .operator("tenants:write"), summary: "Refuse every call of a tenant") {
            (input: Reasoned, invocation: OperatorInvocation) async throws -> TenantDetails in
            try await set("suspended", "tenant.suspended", input.tenantID, reason: input.reason, invocation)
        }
        Route.post("/admin/tenants/{tenant_id}/resume", access: .operator("tenants:write"), summary: "Let a suspended tenant in again") {
            (input: Reasoned, invocation: OperatorInvocation) async throws -> TenantDetails in
            try await set("active", "tenant.resumed", input.tenantID, reason: input.reason, invocation)
        }
        // It is shut at once, and gone for good when the days are over.
        Route.delete("/admin/tenants/{tenant_id}", access: .operator("tenants:write"), summary: "Let a tenant go, after days of grace") {
            (input: Deletion, invocation: OperatorInvocation) async throws -> TenantDetails in
            let seconds = Int64(input.graceDays ?? 30) * 86_400
            return try await set("deleting", "tenant.deleted", input.tenantID, after: seconds, invocation)
        }
        Route.post(
            "/admin/tenants/{tenant_id}/undelete", access: .operator("tenants:write"),
            summary: "Keep a tenant that was to go; it is what it was before"
        ) { (input: Reasoned, invocation: OperatorInvocation) async throws -> TenantDetails in
            try await set("undeleted", "tenant.undeleted", input.tenantID, reason: input.reason, invocation)
        }
        Route.post("/admin/tenants/{tenant_id}/hold", access: .operator("tenants:write"), summary: "Let nothing of a tenant be removed") {
            (input: Reasoned, invocation: OperatorInvocation) async throws -> TenantDetails in
            try await set("held", "tenant.held", input.tenantID, reason: input.reason, invocation)
        }
        Route.post("/admin/tenants/{tenant_id}/release", access: .operator("tenants:write"), summary: "Lift the hold on a tenant") {
            (input: Reasoned, invocation: OperatorInvocation) async throws -> TenantDetails in
            try await set("released", "tenant.released", input.tenantID, reason: input.reason, invocation)
        }
    }

    private static func set(
        _ status: String, _ action: StaticString, _ tenant: TenantID, reason: String? = nil, after seconds: Int64 = 0,
        _ invocation: OperatorInvocation
    ) async throws -> TenantDetails {
        try await invocation.database.interactive { transaction in
            guard let row = try await transaction.rows(TenantsSQL.setStatus, .text(status), .int64(seconds)).first else {
                throw TenantRoutes.notFound
            }
            switch try row.text(0) {
            case "changed": break
            case "same": return
            case "deleting": throw AppError(.conflict, "This tenant is about to go; keep it first (undelete)")
            case "too_late": throw AppError(.conflict, "The days of grace are over; this tenant is going")
            default: throw TenantRoutes.notFound
            }
            var details: JSONObject = [:]
            if let reason { details["reason"] = .string(reason) }
            if !row.isNull(2) { details["delete_at"] = .string("\(try row.timestamp(2))") }
            _ = try await transaction.batch([
                invocation.audit(action, target: ("tenant", tenant), details: .object(details)), invocation.event(action, details: .object(details)),
            ])
        }
        return try await TenantRoutes.details(invocation)
    }
}

/// A tenant, and why something is done to it.
struct Reasoned: Decodable, Sendable, Validated {
    let tenantID: TenantID
    /// Stands in the record.
    let reason: String?

    enum CodingKeys: String, CodingKey {
        case tenantID = "tenant_id"
        case reason
    }

    func validate(_ issues: inout [AppError.Issue]) { issues.requireLength(reason, "reason", 1...500) }
}

/// A tenant that is to go.
struct Deletion: Decodable, Sendable, Validated {
    let tenantID: TenantID
    /// How long it can still be kept: 0 to 365 days, 30 unless given.
    let graceDays: Int?

    enum CodingKeys: String, CodingKey {
        case tenantID = "tenant_id"
        case graceDays = "grace_days"
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((0...365).contains(graceDays ?? 0), "grace_days", "expected a whole number from 0 to 365")
    }
}
