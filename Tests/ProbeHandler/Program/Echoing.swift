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
        var session: UUID?
        var apiKey: UUID?
        var address: String

        enum CodingKeys: String, CodingKey {
            case tenant, user, role, session, address
            case requestID = "request_id"
            case apiKey = "api_key"
        }

        init(_ invocation: Invocation) {
            tenant = invocation.tenant
            user = invocation.principal.user
            role = invocation.principal.role
            requestID = invocation.requestID
            session = invocation.principal.session
            apiKey = invocation.principal.apiKey
            address = invocation.request.clientAddress
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
            Caller(invocation)
        }

        Route.get("/probe/member", access: .bearer(), summary: "Says which member asks") { (_: NoInput, invocation: Invocation) in
            Caller(invocation)
        }

        Route.get("/probe/machine", access: .apiKey("probe:read"), summary: "Says which key asks") { (_: NoInput, invocation: Invocation) in
            Caller(invocation)
        }

        Route.post("/internal/probe", access: .system, summary: "Says that the host itself asks") { (_: NoInput, invocation: SystemInvocation) in
            Hello(hello: invocation.tenant.map { "\($0)" } ?? "nobody")
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
