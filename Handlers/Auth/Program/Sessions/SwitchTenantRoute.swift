import HandlerKit

/// `POST /auth/switch-tenant`: tokens for another of the user's tenants. A token is for one tenant, so that a page shows one; the other session goes on.
struct SwitchTenantRoute: Sendable {
    let sessions: SessionMaker

    var route: Route {
        Route.post("/auth/switch-tenant", access: .bearer("sessions:write"), summary: "Tokens for another of your tenants") {
            (input: SwitchTenantInput, invocation: Invocation) async throws -> Response in
            guard let session = invocation.principal.session else { throw AppError(.unauthenticated) }
            return try await sessions.switchTenant(
                to: input.tenant, from: session, of: invocation.principal.user, cookies: input.cookies ?? false, Caller(invocation))
        }
    }
}

struct SwitchTenantInput: Decodable, Sendable, Validated {
    /// Slug or id.
    let tenant: String
    let cookies: Bool?

    func validate(_ issues: inout [AppError.Issue]) { issues.requireLength(tenant, "tenant", 1...64) }
}
