import HandlerKit

/// `/tenant/security`: what a tenant asks of its members' sign-in.
enum SecurityRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.get("/tenant/security", access: .bearer("tenant:read"), summary: "What the tenant asks of its members' sign-in") {
            (_: NoInput, invocation: Invocation) async throws -> SecurityAnswer in
            try await read(invocation)
        }
        Route.put("/tenant/security", access: .bearer("tenant:write"), summary: "Whether members need a second factor; owners alone") {
            (input: SecurityInput, invocation: Invocation) async throws -> SecurityAnswer in
            guard invocation.principal.apiKey == nil else { throw AppError(.forbidden, "Only owners change this, and no key") }
            let line = invocation.audit("tenant.security_changed", details: ["mfa_required": .bool(input.mfaRequired)])
            try await invocation.database.interactive { transaction in
                switch try await transaction.rows(MembersSQL.requireSecondFactor, .bool(input.mfaRequired)).first?.text(0) {
                case "changed": _ = try await transaction.batch([line])
                case "same": break
                case "no_factor": throw AppError(.conflict, "Set up a second factor of your own before you require it of others")
                case "by_plan": throw AppError(.conflict, "This tenant's plan requires a second factor")
                default: throw AppError(.forbidden, "Only owners change this")
                }
            }
            return SecurityAnswer(mfaRequired: input.mfaRequired)
        }
    }

    private static func read(_ invocation: Invocation) async throws -> SecurityAnswer {
        guard let row = try await invocation.identity.rows(MembersSQL.security).first else { throw AppError(.notFound) }
        return SecurityAnswer(mfaRequired: try row.bool(0))
    }
}

struct SecurityInput: Decodable, Sendable {
    let mfaRequired: Bool

    enum CodingKeys: String, CodingKey { case mfaRequired = "mfa_required" }
}

struct SecurityAnswer: Codable, Sendable {
    let mfaRequired: Bool

    enum CodingKeys: String, CodingKey { case mfaRequired = "mfa_required" }
}
