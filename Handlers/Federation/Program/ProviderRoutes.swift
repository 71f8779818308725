import Addresses
import HandlerKit
import OpenID
import Tokens

/// `/auth/oidc/providers`: a tenant's providers, and the buttons that its sign-in page shows.
struct ProviderRoutes: Sendable {
    let parts: Result<Parts, AppError>

    @RoutesBuilder var routes: [Route] {
        Route.get("/auth/oidc/providers", access: .bearer("sso:read"), summary: "The tenant's sign-in providers") {
            (_: NoInput, invocation: Invocation) async throws -> ProviderList in
            ProviderList(providers: try await invocation.identity.rows(ProvidersSQL.list).map { try ProviderAnswer($0) })
        }
        Route.post("/auth/oidc/providers", access: .bearer("sso:write"), summary: "Add a sign-in provider", status: 201) {
            (input: ProviderInput, invocation: Invocation) async throws -> ProviderAnswer in
            guard input.providerID == nil else { throw AppError.invalid("provider_id", "expected nothing: a new provider gets an id") }
            return try await put(invocation.makeID(), input, isNew: true, invocation)
        }
        Route.put("/auth/oidc/providers/{provider_id}", access: .bearer("sso:write"), summary: "Replace a sign-in provider") {
            (input: ProviderInput, invocation: Invocation) async throws -> ProviderAnswer in
            guard let id = input.providerID, try await find(id, invocation) != nil else { throw Self.notFound }
            return try await put(id, input, isNew: false, invocation)
        }
        Route.delete("/auth/oidc/providers/{provider_id}", access: .bearer("sso:write"), summary: "Remove a sign-in provider", status: 204) {
            (_: NoInput, invocation: Invocation) async throws -> Response in
            guard let id = invocation.request.parameter("provider_id").flatMap({ UUID($0) }) else { throw Self.notFound }
            let line = invocation.audit("sso.provider_removed", target: ("provider", id))
            try await invocation.database.interactive { transaction in
                guard try await transaction.rows(ProvidersSQL.remove, .uuid(id)).first?.bool(0) == true else { throw Self.notFound }
                _ = try await transaction.batch([line])
            }
            try parts.get().cache.forget(id)
            return .noContent
        }
        Route.get("/auth/oidc/providers/public", access: .anonymous, summary: "The buttons of a tenant's sign-in page") {
            (input: TenantQuery, invocation: AnonymousInvocation) async throws -> PublicProviders in
            let rows = try await invocation.database.rows(ProvidersSQL.shown, .text(input.tenant))
            return PublicProviders(
                providers: try rows.map { row in
                    let id = try row.uuid(0)
                    return .init(id: id, name: try row.text(1), start: "/api/v1/auth/oidc/\(id)/start")
                })
        }
    }

    static let notFound = AppError(.notFound, "There is no such provider")

    private func put(_ id: UUID, _ input: ProviderInput, isNew: Bool, _ invocation: Invocation) async throws -> ProviderAnswer {
        let parts = try parts.get()
        let issuer = try WebAddress(input.issuer, field: "issuer")
        try parts.rules.check(issuer, field: "issuer")
        let secret = try input.clientSecret.map { text throws(AppError) in try invocation.seal(Array(text.utf8), for: Parts.secretPurpose(id)) }
        let line = invocation.audit(
            isNew ? "sso.provider_added" : "sso.provider_changed", target: ("provider", id),
            details: [
                "issuer": .string(input.issuer), "client_id": .string(input.clientID), "secret_given": .bool(secret != nil),
                "allowed_domains": .array(input.allowedDomains.map { .string($0.lowercased()) }),
                "new_member_role": input.newMemberRole.map { .string($0) } ?? .null, "enabled": .bool(input.enabled ?? true),
            ])
        try await invocation.database.interactive { transaction in
            let rows = try await transaction.rows(
                ProvidersSQL.put, .uuid(id), .text(input.name), .text(input.issuer), .text(input.clientID), .optional(secret, Bind.bytes),
                .texts(input.askedScopes), .texts(input.allowedDomains.map { $0.lowercased() }), .optional(input.newMemberRole, Bind.text),
                .bool(input.enabled ?? true))
            switch try rows.first?.text(0) {
            case "created" where isNew, "changed" where !isNew: _ = try await transaction.batch([line])
            case "full": throw AppError(.conflict, "A tenant has at most 20 providers")
            case "taken": throw AppError(.conflict, "There is a provider with this issuer and client_id already")
            default: throw Self.notFound
            }
        }
        parts.cache.forget(id)
        guard let answer = try await find(id, invocation) else { throw Self.notFound }
        return answer
    }

    private func find(_ id: UUID, _ invocation: Invocation) async throws -> ProviderAnswer? {
        try await invocation.identity.rows(ProvidersSQL.list).map { try ProviderAnswer($0) }.first { $0.id == id }
    }
}

struct TenantQuery: Decodable, Sendable, Validated {
    /// The tenant's slug.
    let tenant: String

    func validate(_ issues: inout [AppError.Issue]) { issues.requireLength(tenant, "tenant", 1...64) }
}
