import AuditTrail
import HandlerKit

/// `GET /audit/export`: the log as a file, in the order in which it was sealed.
///
/// `format` is `csv` (default) or `jsonl`; the filters are those of `/audit/events`. All that was committed before the call is in it. Each page is read
/// in a transaction of its own: none waits for the client. The export itself stands in the log.
struct ExportRoute: Sendable {
    /// Entries that are read at once.
    private static let page = 500

    let keys: AuditKeys

    enum Format: String, Codable, Sendable, CaseIterable { case csv, jsonl }

    struct Query: Decodable, Sendable, Validated {
        let format: Format?
        let actor: UUID?
        let action: String?
        let target: String?
        let from: Timestamp?
        let to: Timestamp?

        var filter: EventFilter { EventFilter(actor: actor, action: action, target: target, from: from, to: to) }

        func validate(_ issues: inout [AppError.Issue]) { filter.validate(&issues) }
    }

    var route: Route {
        Route.get("/audit/export", access: .bearer("audit:export"), summary: "The audit log as a CSV or JSON lines file", writes: true) {
            [keys] (query: Query, invocation: Invocation) async throws -> Response in
            let format = query.format ?? .csv
            let database = invocation.database
            _ = try await database.transaction([invocation.audit("audit.exported", details: Self.details(format, query.filter))])
            let (head, _) = try await Sealer(database: database, tenant: invocation.tenant, keys: try keys.ring).run()
            let last = (head?.nextPosition ?? 1) - 1
            let filter = query.filter
            var response = Response.stream(contentType: format == .csv ? "text/csv; charset=utf-8; header=present" : "application/jsonl") { writer in
                var rest = Page(behind: 0, last: last, filter: filter)
                if format == .csv { try await writer.write(Self.header) }
                while let entries = try await rest.next(from: database, limit: Self.page) { try await writer.write(format.bytes(of: entries)) }
            }
            response.headers.append(HeaderField(name: "content-disposition", value: "attachment; filename=\"audit-log.\(format.rawValue)\""))
            return response
        }
    }

    private static var header: [UInt8] {
        var bytes: [UInt8] = []
        CSVLine.write(AuditEntry.columns, to: &bytes)
        return bytes
    }

    private static func details(_ format: Format, _ filter: EventFilter) -> JSONValue {
        var details: JSONObject = ["format": .string(format.rawValue)]
        for (name, text) in [
            ("actor", filter.actor?.description), ("action", filter.action), ("target", filter.target), ("from", filter.from?.description),
            ("to", filter.to?.description),
        ] {
            if let text { details[name] = .string(text) }
        }
        return .object(details)
    }

    /// Where the reading stands.
    private struct Page {
        var behind: Int64
        let last: Int64
        let filter: EventFilter

        /// The next entries; nil behind the last.
        mutating func next(from database: TenantDatabase, limit: Int) async throws -> [(position: Int64, entry: AuditEntry)]? {
            guard behind < last else { return nil }
            let range: [Bind] = [
                .int64(behind), .int64(last), .timestamp(filter.from ?? Timestamp(seconds: 0)), .timestamp(filter.to ?? PageCursor.newest.time),
            ]
            let rows = try await database.transaction([Call(ExportSQL.page, range + filter.binds + [.int32(Int32(limit))])])[0]
            let entries = try rows.map { (position: try $0.int64(0), entry: try AuditEntry($0, from: 1)) }
            behind = entries.count < limit ? last : entries.last?.position ?? last
            return entries
        }
    }
}

extension ExportRoute.Format {
    fileprivate func bytes(of entries: [(position: Int64, entry: AuditEntry)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (position, entry) in entries {
            switch self {
            case .csv: CSVLine.write(entry.cells(position: position), to: &bytes)
            case .jsonl:
                var writer = JSONWriter(capacity: 512)
                entry.write(to: &writer, position: position)
                bytes += writer.bytes
                bytes.append(UInt8(ascii: "\n"))
            }
        }
        return bytes
    }
}
