import HandlerKit

/// Every way to fail.
enum Breaking {
    enum Kind: String, Decodable, Sendable, CaseIterable {
        case validation, notFound = "not_found", conflict, retry, unknown, sql, late, writing
    }

    struct Input: Decodable, Sendable {
        var kind: Kind
    }

    struct Index: Decodable, Sendable {
        var index: Int?
    }

    /// An error that no caller may see.
    struct Secret: Error {
        let value = "the private detail"
    }

    @RoutesBuilder static var routes: [Route] {
        Route.get("/probe/fail/{kind}", access: .read, summary: "Fails") { (input: Input, invocation) in
            switch input.kind {
            case .validation:
                throw AppError(.validation, issues: [.init(field: "first", issue: "is wrong"), .init(field: "second", issue: "is wrong too")])
            case .notFound: throw AppError(.notFound)
            case .conflict: throw AppError(.conflict, detail: "the private detail")
            case .retry: throw AppError(.unavailable, retryAfter: .seconds(3))
            case .unknown: throw Secret()
            case .sql: _ = try await invocation.database.rows(ProbeSQL.broken, .int64(1))
            case .writing: _ = try await invocation.database.rows(ProbeSQL.insert, .int64(1), .text("a read route must not"))
            case .late:
                return .stream(contentType: "text/plain") { writer in
                    try await writer.write("one line, then\n")
                    throw Secret()
                }
            }
            return .noContent
        }

        Route.get("/probe/trap", access: .read, summary: "Ends the process") { (input: Index, _) in
            let nothing: [String] = []
            return Response.bytes(Array(nothing[input.index ?? 0].utf8), contentType: "text/plain")
        }
    }
}
