import AuditTrail
import HandlerKit

/// `GET /audit/events`: the tenant's log, the newest entry first.
///
/// `actor` (a member's or a key's id), `action`, `target`, `from` (inclusive) and `to` (exclusive) narrow it; `limit` 1…200, 50 by default. `next` is
/// what to pass as `cursor` for the entries before, with the same filters; null behind the last.
struct EventRoutes: Sendable {
    let keys: AuditKeys

    var routes: [Route] {
        [
            Route.get("/audit/events", access: .bearer("audit:read"), summary: "The audit log, the newest entry first") {
                [keys] (query: EventsQuery, invocation: Invocation) async throws -> Response in
                let filter = query.filter
                let question = ["events"] + filter.question
                let ring = try keys.ring
                let start =
                    if let cursor = query.cursor {
                        try PageCursor(cursor, for: question, of: invocation.tenant, keys: ring)
                    } else {
                        PageCursor(time: filter.to ?? PageCursor.newest.time, id: .zero)
                    }
                let limit = query.limit ?? 50
                let binds: [Bind] = [.timestamp(start.time), .uuid(start.id), .timestamp(filter.from ?? Timestamp(seconds: 0))] + filter.binds
                let rows = try await invocation.database.transaction([Call(EventsSQL.page, binds + [.int32(Int32(limit + 1))])])[0]
                let entries = try rows.prefix(limit).map { try AuditEntry($0) }
                let next =
                    rows.count > limit
                    ? entries.last.map { PageCursor(time: $0.occurredAt, id: $0.id).text(for: question, of: invocation.tenant, keys: ring) } : nil
                return .json(Self.page(entries, next: next))
            }
        ]
    }

    private static func page(_ entries: [AuditEntry], next: String?) -> [UInt8] {
        var writer = JSONWriter(capacity: 64 + entries.count * 512)
        writer.object { writer in
            writer.key("events")
            writer.array { writer in
                for entry in entries { entry.write(to: &writer) }
            }
            writer.key("next")
            if let next { writer.value(next) } else { writer.null() }
        }
        return writer.bytes
    }
}
