import AuditTrail
import HandlerKit

/// Security events: the tenant's for its admins, and everybody's own in all tenants.
///
/// `limit` 1…200, 50 by default; `next` is what to pass as `cursor`. Sign-ins that failed before a tenant was known stand in the user's own list alone:
/// a tenant's admins do not learn what its members do elsewhere.
struct SecurityEventRoutes: Sendable {
    let keys: AuditKeys

    struct OwnQuery: Decodable, Sendable, Validated {
        let limit: Int?
        let cursor: String?

        func validate(_ issues: inout [AppError.Issue]) {
            issues.require((1...200).contains(limit ?? 1), "limit", "expected a whole number from 1 to 200")
        }
    }

    struct TenantQuery: Decodable, Sendable, Validated {
        let user: UUID?
        let action: String?
        let limit: Int?
        let cursor: String?

        func validate(_ issues: inout [AppError.Issue]) {
            issues.require((1...200).contains(limit ?? 1), "limit", "expected a whole number from 1 to 200")
            issues.requireLength(action, "action", 1...64)
        }
    }

    @RoutesBuilder var routes: [Route] {
        Route.get("/audit/security-events", access: .bearer("audit:read"), summary: "Security events of the tenant's members") {
            [self] (query: TenantQuery, invocation: Invocation) async throws -> Response in
            let question = ["security", query.user?.description ?? "", query.action ?? ""]
            return try await page(query.cursor, question, query.limit, invocation, .user) { start, most in
                try await invocation.identity.rows(
                    SecurityEventsSQL.tenant, .timestamp(start.time), .uuid(start.id), .optional(query.user, Bind.uuid),
                    .optional(query.action, Bind.text), .int32(most))
            }
        }
        Route.get("/auth/security-events", access: .bearer("profile:read"), summary: "The caller's own security events") {
            [self] (query: OwnQuery, invocation: Invocation) async throws -> Response in
            let question = ["own", invocation.principal.user.description]
            return try await page(query.cursor, question, query.limit, invocation, .tenant) { start, most in
                try await invocation.identity.rows(SecurityEventsSQL.own, .timestamp(start.time), .uuid(start.id), .int32(most))
            }
        }
    }

    private func page(
        _ cursor: String?, _ question: [String], _ limit: Int?, _ invocation: Invocation, _ subject: SecurityEvent.CodingKeys,
        _ read: (PageCursor, Int32) async throws -> Rows
    ) async throws -> Response {
        let ring = try keys.ring
        let start = try cursor.map { text throws(AppError) in try PageCursor(text, for: question, of: invocation.tenant, keys: ring) } ?? .newest
        let limit = limit ?? 50
        // The function gives at most 200: a full page of that size may be the last.
        let rows = try await read(start, Int32(min(limit + 1, 200)))
        let events = try rows.prefix(limit).map { try SecurityEvent($0, subject: subject) }
        let hasMore = rows.count > limit || limit == 200 && rows.count == 200
        let next =
            hasMore
            ? events.last.map { PageCursor(time: $0.occurredAt, id: $0.id).text(for: question, of: invocation.tenant, keys: ring) } : nil
        return try Response.json(SecurityEventPage(events: events, next: next))
    }
}
