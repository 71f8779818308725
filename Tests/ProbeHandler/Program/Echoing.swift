import HandlerKit

/// Answers that repeat the request, or are as long as it asks.
enum Echoing {
    struct Echo: Codable, Sendable {
        var text: String
        var number: Double?
        var flag: Bool?
        var list: [String]?
    }

    struct Size: Decodable, Sendable, Validated {
        var bytes: Int

        func validate(_ issues: inout [AppError.Issue]) {
            issues.require((0...1 << 30).contains(bytes), "bytes", "expected 0 to \(1 << 30)")
        }
    }

    struct Caller: Codable, Sendable {
        var tenant: TenantID
        var user: UserID
        var role: Role?
        var requestID: String

        enum CodingKeys: String, CodingKey {
            case tenant, user, role
            case requestID = "request_id"
        }
    }

    struct Headers: Codable, Sendable {
        var headers: [String]
    }

    struct Hello: Codable, Sendable {
        var hello: String
    }

    @RoutesBuilder static var routes: [Route] {
        Route.get("/probe/hello", access: .anonymous, summary: "Answers everybody") { (_: NoInput, _) in Hello(hello: "probe") }

        Route.get("/probe/caller", access: .read, summary: "Says who asks") { (_: NoInput, invocation) in
            Caller(
                tenant: invocation.tenant, user: invocation.principal.user, role: invocation.principal.role, requestID: invocation.requestID)
        }

        Route.get("/probe/headers", access: .read, summary: "Names the header lines that it sees") { (_: NoInput, invocation) in
            Headers(headers: invocation.request.headers.map(\.name))
        }

        Route.post("/probe/echo", access: .read, summary: "Repeats a JSON body", writes: false) { (input: Echo, _) in input }

        Route.post("/probe/echo/bytes", access: .read, summary: "Repeats a body", body: .bytes(limit: 1 << 30), writes: false) {
            (_: NoInput, invocation) in
            .stream(contentType: invocation.request.header("content-type") ?? "application/octet-stream") { writer in
                for try await piece in invocation.body { try await writer.write(piece) }
            }
        }

        Route.get("/probe/big", access: .read, summary: "Answers with that many bytes at once") { (input: Size, _) in
            .bytes([UInt8](repeating: UInt8(ascii: "x"), count: input.bytes), contentType: "text/plain")
        }
    }
}
