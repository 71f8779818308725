import HandlerKit
import Tokens

/// `/api-keys`: what machines call with. A key acts for the member who made it, within its scopes; it ends with the membership.
enum KeyRoutes {
    @RoutesBuilder static var routes: [Route] {
        // The newest 1,000, also those that have ended.
        Route.get("/api-keys", access: .bearer("keys:read"), summary: "API keys of the tenant") {
            (_: NoInput, invocation: Invocation) async throws -> KeyList in
            KeyList(apiKeys: try await keys(invocation))
        }
        Route.post("/api-keys", access: .bearer("keys:write"), summary: "Make an API key; its text is shown this once", status: 201) {
            (input: KeyInput, invocation: Invocation) async throws -> Response in
            let now = invocation.time.now()
            if let end = input.expiresAt, end <= now { throw AppError.invalid("expires_at", "expected a time that is still to come") }
            try Granting.require(input.scopes, of: invocation.principal)
            let id = invocation.makeID()
            let text = APIKeyText()
            let line = invocation.audit(
                "api_key.created", target: ("api_key", id),
                details: ["name": .string(input.name), "prefix": .string(text.prefix), "scopes": .texts(input.scopes)])
            try await invocation.database.interactive { transaction in
                let rows = try await transaction.rows(
                    KeysSQL.create, .uuid(id), .text(text.prefix), .bytes(text.hash), .text(input.name), .texts(input.scopes),
                    .optional(input.expiresAt, Bind.timestamp))
                guard try rows.first?.bool(0) == true else {
                    throw AppError(.conflict, "A tenant has at most 200 API keys; revoke one first")
                }
                _ = try await transaction.batch([line])
            }
            guard let made = try await keys(invocation).first(where: { $0.id == id }) else { throw notFound }
            var response = try Response.created(NewKeyAnswer(apiKey: made, key: text.text))
            response.isSecret = true
            return response
        }
        Route.delete("/api-keys/{key_id}", access: .bearer("keys:write"), summary: "Revoke an API key, from its next call on", status: 204) {
            (path: KeyPath, invocation: Invocation) async throws -> Response in
            let line = invocation.audit("api_key.revoked", target: ("api_key", path.id))
            try await invocation.database.interactive { transaction in
                guard try await transaction.rows(KeysSQL.revoke, .uuid(path.id)).first?.bool(0) == true else { throw notFound }
                _ = try await transaction.batch([line])
            }
            return .noContent
        }
    }

    private static let notFound = AppError(.notFound, "There is no such API key")

    private static func keys(_ invocation: Invocation) async throws -> [KeyAnswer] {
        let now = invocation.time.now()
        return try await invocation.identity.rows(KeysSQL.list).map { try KeyAnswer($0, at: now) }
    }
}
