import HandlerKit

/// Writes that tests send with an `Idempotency-Key`, each with another answer.
enum Keying {
    enum Answer: String, Decodable, Sendable, CaseIterable {
        case short, steps, long, stream, fail, late
    }

    struct Input: Decodable, Sendable {
        var number: Int64
        var answer: Answer
    }

    struct Made: Codable, Sendable {
        var number: Int64
        var entries: Int64
        /// Another one in each run.
        var run: UUID
    }

    static var route: Route {
        Route.post("/probe/keyed", access: .write, summary: "Adds entries and answers as it is told", status: 201) {
            (input: Input, invocation) async throws -> Response in
            let database = invocation.database
            @Sendable func insert(_ number: Int64) async throws { _ = try await database.rows(ProbeSQL.insert, .int64(number), .text("keyed")) }
            try await insert(input.number)
            switch input.answer {
            case .short: break
            case .steps: try await steps(input.number, database)
            case .long:
                return Response.bytes([UInt8](repeating: UInt8(ascii: "x"), count: 70_000), contentType: "text/plain", status: 201)
            case .stream:
                return .stream(contentType: "text/plain", status: 201) { writer in
                    // Behind the commit: it can be read, from another connection.
                    let entries = try await database.rows(ProbeSQL.entries).count
                    try await writer.write("\(entries)\n")
                }
            case .fail: throw AppError(.conflict, "No")
            case .late:
                return .stream(contentType: "text/plain", status: 201) { writer in
                    try await insert(input.number + 1)
                    try await writer.write("never")
                }
            }
            let entries = Int64(try await database.rows(ProbeSQL.entries).count)
            return try Response.created(Made(number: input.number, entries: entries, run: invocation.makeID()))
        }
    }

    /// Everything that a handler can do with its database: some of it fails, and is left out.
    private static func steps(_ number: Int64, _ database: TenantDatabase) async throws {
        do {
            _ = try await database.rows(ProbeSQL.insert, .int64(number), .text("twice"))
        } catch let error as AppError where error.code == .conflict {}
        async let one = database.rows(ProbeSQL.insert, .int64(number + 1), .text("one"))
        async let two = database.rows(ProbeSQL.insert, .int64(number + 2), .text("two"))
        _ = try await (one, two)
        do {
            _ = try await database.interactive { transaction in
                _ = try await transaction.rows(ProbeSQL.insert, .int64(number + 3), .text("taken back"))
                throw AppError(.notFound)
            }
        } catch let error as AppError where error.code == .notFound {}
        try await database.interactive { transaction in
            let last = try await transaction.rows(ProbeSQL.last)[0].int64(0)
            _ = try await transaction.rows(ProbeSQL.insert, .int64(last + 7), .text("interactive"))
        }
        var streamed = 0
        streamed = try await database.stream(ProbeSQL.entries) { rows in
            var count = 0
            for try await _ in rows { count += 1 }
            return count
        }
        let counted = try await database.unsafeSQL("select count(*) from probe.entries where tenant_id = $1")[0].int64(0)
        guard Int64(streamed) == counted else { throw AppError(.internalError, detail: "streamed \(streamed), counted \(counted)") }
    }
}
