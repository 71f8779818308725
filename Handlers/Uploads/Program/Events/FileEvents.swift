import HandlerKit

/// What becomes of files and imports, as it happens: `GET /files/events` listens.
///
/// An event is the newest state of a file or an import; changes that follow each other quickly may come as one. The cursor is the tenant's clock.
enum FileEvents {
    @RoutesBuilder static var routes: [Route] {
        Route.get("/files/events", access: .bearer("data:read"), summary: "Listen to what becomes of files and imports") {
            (input: From, invocation: Invocation) async throws -> Response in
            guard invocation.request.header("accept")?.lowercased().contains("text/event-stream") == true else {
                throw AppError(.badRequest, "Listen with `Accept: text/event-stream`; one state is at GET /files/{file_id}")
            }
            // Without a place it begins with what changes from now on.
            if let from = invocation.request.header("last-event-id") ?? input.from { return .subscribe("files", from: from) }
            let now = try await invocation.database.rows(EventsSQL.now).first?.int64(0) ?? 0
            return .subscribe("files", from: "\(now)")
        }
    }

    struct From: Decodable, Sendable {
        /// The id of the event behind which to begin; 0: all that is there.
        let from: String?
    }

    static let feed = Feed("files", scope: "data:read") { request, invocation in
        guard let start = Int64(request.from ?? "0"), start >= 0 else { throw AppError.invalid("from", "expected the id of an event") }
        let limit = Int64(request.limit)
        let results = try await invocation.database.transaction([
            Call(EventsSQL.files, [.int64(start), .int64(limit)]), Call(EventsSQL.imports, [.int64(start), .int64(limit)]),
        ])
        var events: [(position: Int64, data: [UInt8])] = []
        for row in results[0] { events.append((try row.int64(15), try JSON.encode(FileEvent(file: try FileRecord(row))))) }
        for row in results[1] { events.append((try row.int64(11), try JSON.encode(FileEvent(import: try ImportRecord(row))))) }
        events.sort { $0.position < $1.position }
        let page = events.prefix(request.limit)
        return FeedPage(events: page.map { .init(id: "\($0.position)", data: $0.data) }, hasMore: events.count >= request.limit)
    }
}

/// The newest state of one of them.
private struct FileEvent: Encodable {
    var file: FileRecord?
    var `import`: ImportRecord?
}

/// The statements about events: what has changed behind a number of the tenant's clock.
enum EventsSQL {
    /// The newest number that is to be seen.
    static let now = Statement(
        "files.now",
        """
        select greatest(
            (select max(f.position) from app.files f where f.tenant_id = $1), (select max(i.position) from app.imports i where i.tenant_id = $1), 0)
        """, access: .read)

    /// $2 behind which number, $3 how many.
    static let files = Statement(
        "files.changes",
        """
        select f.id, f.name, f.original_name, f.size, f.mime_type, f.kind, encode(f.sha256, 'hex'), f.status, f.bytes_read, f.error,
            f.report -> 'summary', f.metadata, f.user_id, f.created_at, f.updated_at, f.position
        from app.files f where f.tenant_id = $1 and f.position > $2 and f.size is not null
        order by f.position limit $3
        """, access: .read)

    /// The same of imports.
    static let imports = Statement(
        "imports.changes",
        """
        select i.id, i.file_id, i.file_name, i.status, i.dry_run, i.mapping, i.error, i.result, i.user_id, i.created_at, i.updated_at, i.position
        from app.imports i where i.tenant_id = $1 and i.position > $2
        order by i.position limit $3
        """, access: .read)

    static let all = [now, files, imports]
}
