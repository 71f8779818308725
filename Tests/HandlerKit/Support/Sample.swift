import Wire

@testable import HandlerKit

/// The handler that the tests of the process serve; a route's place is its number.
struct Sample: Handler {
    enum Place: UInt16 {
        case greet, update, anonymous, created, nothing, big, count, sum, raw, wait, contexts, fail, failLate, failAfter, listen, detached
    }

    struct Name: Decodable, Sendable, Validated {
        var name: String
        var times: Int?
        func validate(_ issues: inout [AppError.Issue]) { issues.requireLength(name, "name", 1...10) }
    }

    struct Greeting: Codable, Sendable { var text: String }
    struct Change: Codable, Sendable {
        var id: UUID
        var size: Int
        var label: String
    }
    struct Size: Decodable, Sendable { var bytes: Int }
    struct Kind: Decodable, Sendable { var kind: String }
    struct Odd: Error { let value = "the private detail" }

    init(environment: HandlerEnvironment) {}

    var routes: [Route] {
        Route.get("/greet/{name}", access: .bearer("sample:read"), summary: "Greets") { (input: Name, invocation) in
            Greeting(text: Array(repeating: "Hello \(input.name)", count: input.times ?? 1).joined(separator: ", "))
        }
        Route.put("/things/{id}", access: .bearer("sample:write"), body: .json(limit: 100)) { (input: Change, _) in input }
        Route.post("/anonymous", access: .anonymous) { (_: NoInput, invocation) in Greeting(text: invocation.requestID) }
        Route.post("/created", access: .bearer(), status: 201, body: .none) { (_: NoInput, _) in Greeting(text: "new") }
        Route.delete("/things/{id}", access: .bearer()) { (_: NoInput, _) in .noContent }
        Route.get("/big", access: .bearer()) { (input: Size, _) in
            .bytes((0..<input.bytes).map { UInt8(truncatingIfNeeded: $0) }, contentType: "application/octet-stream")
        }
        Route.get("/count", access: .bearer()) { (input: Size, _) in
            .stream(contentType: "text/plain") { writer in
                for _ in 0..<input.bytes { try await writer.write("x") }
            }
        }
        Route.post("/sum", access: .bearer(), body: .bytes(limit: 1 << 30)) { (_: NoInput, invocation) in
            var pieces = 0
            var sum = 0
            for try await piece in invocation.body {
                pieces += 1
                sum += piece.count
            }
            return Greeting(text: "\(sum) of \(invocation.body.length) in \(pieces)")
        }
        Route.post("/raw", access: .bearer(), body: .bytes(limit: 10)) { (_: NoInput, invocation) in
            Response.bytes(try await invocation.body.collect(limit: 10), contentType: invocation.request.header("content-type") ?? "")
        }
        Route.get("/wait", access: .bearer()) { (_: NoInput, _) in
            .stream(contentType: "text/plain") { writer in
                try await writer.write("here")
                while true { try await Task.sleep(for: .seconds(3600)) }
            }
        }
        Route.post("/contexts", access: .bearer(), body: .bytes(limit: 100)) { (_: NoInput, invocation) in
            var seen = [invocation.currentContext]
            for try await _ in invocation.body { seen.append(invocation.currentContext) }
            return Greeting(text: seen.joined(separator: " "))
        }
        Route.get("/fail/{kind}", access: .bearer()) { (input: Kind, _) throws -> Greeting in
            switch input.kind {
            case "app":
                throw AppError(.conflict, "Taken", issues: [.init(field: "a", issue: "b")], retryAfter: .seconds(2), detail: "the private detail")
            case "cancelled": throw CancellationError()
            default: throw Odd()
            }
        }
        Route.get("/fail-late", access: .bearer()) { (_: NoInput, _) in
            .stream(contentType: "text/plain") { writer in
                try await writer.write("begun")
                throw Odd()
            }
        }
        Route.get("/fail-after", access: .bearer()) { (_: NoInput, invocation) -> Response in
            .stream(contentType: "text/plain") { writer in throw AppError(.notFound) }
        }
        Route.get("/listen", access: .bearer()) { (_: NoInput, invocation) in
            .subscribe("ticks", from: invocation.request.queryItem("from"))
        }
        Route.post("/detached", access: .bearer(), body: .bytes(limit: 1000)) { (_: NoInput, invocation) in
            let body = try await Outside().collect(invocation.body)
            return Greeting(text: body)
        }
    }

    var feeds: [Feed] {
        [Self.ticks, Self.heavy]
    }

    static let ticks = Feed("ticks", scope: "sample:read") { request, invocation in
        let start = Int(request.from ?? "0") ?? 0
        return FeedPage(
            events: (start + 1...start + request.limit).map { .init(id: "\($0)", data: Array("\"\(invocation.tenant)\"".utf8)) }, hasMore: true)
    }

    static let heavy = Feed("heavy", scope: "") { _, _ in
        FeedPage(events: [.init(id: "1", data: [UInt8](repeating: 48, count: 1 << 20))], hasMore: false)
    }
}

extension Invocation {
    /// The newest context that the gateway sent.
    var currentContext: String { exchange.context }
}

/// Code that runs on a thread of its own, beside the reactor.
actor Outside {
    func collect(_ body: RequestBody) async throws -> String {
        String(decoding: try await body.collect(limit: 1000), as: UTF8.self)
    }
}

extension InvocationHead.Target {
    static func sample(_ place: Sample.Place) -> InvocationHead.Target { .route(place.rawValue) }
}
