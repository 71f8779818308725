import HandlerKit
import Mailing
import Tokens

/// `POST /admin/tenants`: a tenant with its owner, plan, businesses, region and time zone. All of it is one transaction in one round trip, the mail to
/// an owner who is invited included: killed at any moment, everything is there or nothing.
struct CreateTenantRoute: Sendable {
    let mail: MailQueue

    var route: Route {
        Route.post("/admin/tenants", access: .operatorOfNewTenant("tenants:write"), summary: "Make a tenant, all of it or nothing", status: 201) {
            (input: NewTenant, invocation: OperatorInvocation) async throws -> CreatedTenant in
            guard let tenant = invocation.tenant else { throw AppError(.internalError, detail: "a new tenant has no id") }
            let database = try invocation.database
            let calls = try calls(input, tenant, invocation)
            do {
                let made = try await database.transaction(calls.all)
                return CreatedTenant(
                    id: tenant, slug: input.slug, invitation: calls.invitation, businesses: calls.businesses, createdAt: try made[0][0].timestamp(0))
            } catch let error as AppError {
                throw try await refused(error, input, invocation)
            }
        }
    }

    /// All that makes the tenant, in the order in which one part stands on the other.
    private func calls(_ input: NewTenant, _ tenant: TenantID, _ invocation: OperatorInvocation) throws -> (
        all: [Call], invitation: UUID?, businesses: [UUID]
    ) {
        let email = input.owner.email?.lowercased()
        let secret = email.map { _ in OneTimeSecret() }
        let invitation = email.map { _ in invocation.makeID() }
        let plan = input.plan ?? "free"
        var calls = [
            Call(
                TenantsSQL.create,
                [
                    .text(input.slug), .text(input.name), .text(plan), .text(input.region ?? "default"), .text(input.timeZone ?? "UTC"),
                    .text((input.kind ?? .live).rawValue), .optional(input.owner.userID, Bind.id), .optional(invitation, Bind.uuid),
                    .optional(email, Bind.text), .optional(secret?.hash, Bind.bytes),
                ])
        ]
        let businesses = input.businesses ?? []
        let ids = businesses.map { _ in invocation.makeID() }
        if !businesses.isEmpty {
            calls.append(
                Call(
                    TenantsSQL.businesses,
                    [
                        .uuids(ids), .texts(businesses.map(\.name)), .array(Self.texts(businesses.map(\.industry))),
                        .array(Self.texts(businesses.map(\.location))),
                    ]))
        }
        let details: JSONValue = ["slug": .string(input.slug), "plan": .string(plan), "businesses": .integer(Int64(businesses.count))]
        calls.append(invocation.audit("tenant.created", target: ("tenant", tenant), details: details))
        calls.append(invocation.event("tenant.created", details: details))
        if let email, let secret {
            let template = MailTemplate.invitation(inviter: "", tenant: input.name, role: "owner", token: secret.text)
            calls.append(try mail.tenantCall(template, to: email, tenant: tenant))
        }
        return (calls, invitation, ids)
    }

    private static func texts(_ values: [String?]) -> BinaryArray {
        var array = BinaryArray(of: .text, capacity: values.count)
        for value in values { if let value { array.append(value) } else { array.appendNull() } }
        return array
    }

    /// The same refusal in the words of the fields that caused it, where they did.
    private func refused(_ error: AppError, _ input: NewTenant, _ invocation: OperatorInvocation) async throws -> AppError {
        try await TenantFaults.named(
            error, slug: input.slug, plan: input.plan ?? "free", timeZone: input.timeZone, owner: input.owner.userID, invocation)
    }
}

/// A tenant that was made just now.
struct CreatedTenant: Codable, Sendable {
    let id: TenantID
    let slug: String
    /// That of its owner; absent where the owner has an account.
    let invitation: UUID?
    /// In the order of the request.
    let businesses: [UUID]
    let createdAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, slug, businesses
        case invitation = "invitation_id"
        case createdAt = "created_at"
    }
}

/// From what the database refused to the fields that it refused it for.
enum TenantFaults {
    /// The database says only what kind of fault it was; which field had it is asked behind it.
    static func named(
        _ error: AppError, slug: String?, plan: String?, timeZone: String?, owner: UserID?, _ invocation: OperatorInvocation
    ) async throws -> AppError {
        switch error.code {
        case .conflict, .validation, .internalError: break
        default: return error
        }
        let issues = try await invocation.functions.rows(
            TenantsSQL.faults, .optional(slug, Bind.text), .optional(plan, Bind.text), .optional(timeZone, Bind.text), .optional(owner, Bind.id)
        ).map { AppError.Issue(field: try $0.text(0), issue: try $0.text(1)) }
        if issues.isEmpty { return error }
        let isTaken = issues.contains { $0.field == "slug" }
        return AppError(isTaken ? .conflict : .validation, isTaken ? "A tenant has this slug already" : nil, issues: issues)
    }
}
