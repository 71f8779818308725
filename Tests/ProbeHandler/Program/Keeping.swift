import HandlerKit

/// Rows of the tenant.
enum Keeping {
    struct Entry: Codable, Sendable {
        var number: Int64
        var text: String
    }

    struct Entries: Codable, Sendable {
        var entries: [Entry]
    }

    struct Text: Decodable, Sendable {
        var text: String
        /// How long the transaction stays open before it commits.
        var milliseconds: Int?
    }

    @RoutesBuilder static var routes: [Route] {
        Route.get("/probe/entries", access: .read, summary: "Lists the entries") { (_: NoInput, invocation) in
            let rows = try await invocation.database.rows(ProbeSQL.entries)
            return Entries(entries: try rows.map { Entry(number: try $0.int64(0), text: try $0.text(1)) })
        }

        Route.post("/probe/entries", access: .write, summary: "Adds an entry of a number", status: 201) { (input: Entry, invocation) in
            _ = try await invocation.database.rows(ProbeSQL.insert, .int64(input.number), .text(input.text))
            return input
        }

        Route.post("/probe/entries/next", access: .write, summary: "Adds an entry behind the last, in an open transaction", status: 201) {
            (input: Text, invocation) in
            try await invocation.database.interactive { transaction in
                let last = try await transaction.rows(ProbeSQL.last)[0].int64(0)
                try await Task.sleep(for: .milliseconds(input.milliseconds ?? 0))
                let entry = Entry(number: last + 1, text: input.text)
                _ = try await transaction.rows(ProbeSQL.insert, .int64(entry.number), .text(entry.text))
                return entry
            }
        }
    }

    /// The entries as events; the number is the cursor.
    static let feed = Feed("entries", scope: "probe:read") { request, invocation in
        guard let start = Int64(request.from ?? "0") else { throw AppError.invalid("from", "expected a whole number") }
        let rows = try await invocation.database.rows(ProbeSQL.entriesAfter, .int64(start), .int64(Int64(request.limit)))
        let events = try rows.map { row in
            let entry = Entry(number: try row.int64(0), text: try row.text(1))
            return FeedPage.Event(id: "\(entry.number)", data: try JSON.encode(entry))
        }
        return FeedPage(events: events, hasMore: events.count == request.limit)
    }
}
