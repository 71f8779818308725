import Archives
import HandlerKit

/// `POST /admin/tenants/{tenant_id}/clone`: a copy of a tenant in the same installation, a sandbox unless asked otherwise; all of it or nothing.
///
/// The copy has the original's rows under the same ids, its roles and, unless `members` is false, its members. It has no keys, no invitations and a log
/// of its own.
enum CloneRoute {
    struct Input: Decodable, Sendable, Validated {
        let tenant: UUID
        let slug: String
        let name: String?
        let plan: String?
        let members: Bool?
        let kind: ImportTarget.Kind?

        enum CodingKeys: String, CodingKey {
            case slug, name, plan, members, kind
            case tenant = "tenant_id"
        }

        func validate(_ issues: inout [AppError.Issue]) {
            issues += ImportTarget(id: TenantID(.zero), slug: slug, name: name, plan: plan).issues
        }
    }

    static let route = Route.post(
        "/admin/tenants/{tenant_id}/clone", access: .operator("archives:write"), summary: "Copy a tenant as a sandbox", status: 201
    ) { (input: Input, invocation: OperatorInvocation) async throws -> ImportedTenant in
        let original = try invocation.requireTenant()
        let target = ImportTarget(
            id: TenantID(invocation.makeID()), slug: input.slug, name: input.name, plan: input.plan, kind: input.kind ?? .sandbox,
            takesMembers: input.members ?? true)
        return try await invocation.archiving(snapshot: true) { session in
            try await TenantClone(of: original, as: target, session, record: invocation.record, at: invocation.time.now()).run()
        }
    }
}
