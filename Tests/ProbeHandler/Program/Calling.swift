import HandlerKit

/// Calls of other handlers. The program can run under two names that call each other: `probe` and `relay`.
struct Calling {
    /// The handler's own name, which its paths begin with.
    let name: String
    private var other: String { name == "probe" ? "relay" : "probe" }

    struct Times: Decodable, Sendable {
        var times: Int
    }

    struct Bounced: Codable, Sendable {
        var by: [String]
    }

    struct Ask: Decodable, Sendable {
        /// Method and path.
        var route: String
        /// JSON as text.
        var body: String?
        /// How many calls at once; 1 where it is absent.
        var times: Int?
        /// Whether it is asked inside an open transaction.
        var inTransaction: Bool?

        enum CodingKeys: String, CodingKey {
            case route, body, times
            case inTransaction = "in_transaction"
        }
    }

    struct Asked: Codable, Sendable {
        var bodies: [String]
    }

    @RoutesBuilder var routes: [Route] {
        Route.get("/\(name)/bounce/{times}", access: .read, summary: "Has a call bounce between two handlers") { (input: Times, invocation) in
            if input.times == 0 { return Bounced(by: [name]) }
            let rest: Bounced = try await invocation.call("GET /\(other)/bounce/{times}", ["times": "\(input.times - 1)"])
            return Bounced(by: [name] + rest.by)
        }

        Route.post("/\(name)/ask", access: .read, summary: "Calls a route and repeats what it answers", writes: false) { (input: Ask, invocation) in
            if input.inTransaction == true {
                return try await invocation.database.interactive { _ in try await ask(input, invocation) }
            }
            return try await ask(input, invocation)
        }
    }

    private func ask(_ input: Ask, _ invocation: Invocation) async throws -> Asked {
        // A query, if there is one, goes as it is: this is the way of a test to send anything.
        let body = Array((input.body ?? "").utf8)
        return try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<(input.times ?? 1) {
                group.addTask {
                    let answer = try await invocation.answer(of: input.route, body: body)
                    return String(decoding: answer.body, as: UTF8.self)
                }
            }
            var bodies: [String] = []
            for try await body in group { bodies.append(body) }
            return Asked(bodies: bodies)
        }
    }
}
