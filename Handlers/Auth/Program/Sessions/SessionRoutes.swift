import HandlerKit

/// `GET /auth/sessions` and what ends them: the user's own, over all tenants.
enum SessionRoutes {
    static var routes: [Route] { [list, end, endOthers] }

    private static var list: Route {
        Route.get("/auth/sessions", access: .bearer("sessions:read"), summary: "Where you are signed in") {
            (_: NoInput, invocation: Invocation) async throws -> SessionList in
            let current = invocation.principal.session
            return SessionList(items: try await invocation.identity.rows(SessionSQL.list).map { try SessionEntry($0, current: current) })
        }
    }

    private static var end: Route {
        Route.delete("/auth/sessions/{session_id}", access: .bearer("sessions:write"), summary: "End one of your sessions", status: 204) {
            (input: SessionInput, invocation: Invocation) async throws -> Response in
            guard try await revoke(input.sessionID, invocation) > 0 else { throw AppError(.notFound) }
            return .noContent
        }
    }

    private static var endOthers: Route {
        Route.delete("/auth/sessions", access: .bearer("sessions:write"), summary: "End all of your other sessions") {
            (_: NoInput, invocation: Invocation) async throws -> EndedSessions in
            EndedSessions(ended: try await revoke(nil, invocation))
        }
    }

    private static func revoke(_ session: UUID?, _ invocation: Invocation) async throws -> Int {
        let caller = Caller(invocation)
        let rows = try await caller.database.rows(
            SessionSQL.revoke, .optional(invocation.principal.session, Bind.uuid), .optional(session, Bind.uuid), .text(caller.address),
            .text(caller.userAgent))
        return Int(try rows[0].int32(0))
    }
}

struct SessionInput: Decodable, Sendable {
    let sessionID: UUID
    enum CodingKeys: String, CodingKey { case sessionID = "session_id" }
}

struct EndedSessions: Codable, Sendable {
    let ended: Int
}

struct SessionList: Codable, Sendable {
    let items: [SessionEntry]
}

struct SessionEntry: Codable, Sendable {
    let id: UUID
    /// Whether it is the one that asks.
    let current: Bool
    let tenantID: TenantID
    let tenantSlug: String
    let tenantName: String
    /// How the person proved who they are.
    let factors: [String]
    /// Where it was used last.
    let address: String
    let userAgent: String
    let createdAt: Timestamp
    let lastUsedAt: Timestamp
    /// When it ends if it is not used again.
    let expiresAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case id, current, factors, address
        case tenantID = "tenant_id"
        case tenantSlug = "tenant_slug"
        case tenantName = "tenant_name"
        case userAgent = "user_agent"
        case createdAt = "created_at"
        case lastUsedAt = "last_used_at"
        case expiresAt = "expires_at"
    }

    init(_ row: Row, current: UUID?) throws {
        id = try row.uuid(0)
        self.current = id == current
        tenantID = TenantID(try row.uuid(1))
        tenantSlug = try row.text(2)
        tenantName = try row.text(3)
        factors = try row.text(4).split(separator: ",").map(String.init)
        address = try row.text(5)
        userAgent = try row.text(6)
        createdAt = try row.timestamp(7)
        lastUsedAt = try row.timestamp(8)
        expiresAt = try row.timestamp(9)
    }
}
