import HandlerKit

/// A route that fails on certain rows, and says what it read: for recordings.
enum Reciting {
    struct Input: Decodable, Sendable {
        /// A secret, by its name.
        var token: String?
    }

    struct Recital: Codable, Sendable {
        var id: UUID
        var now: Timestamp
        var texts: [String]
        var last: Int64
        var streamed: Int
    }

    @RoutesBuilder static var routes: [Route] {
        Route.get("/probe/recite", access: .read, summary: "Recites the entries; fails where one of them is `bad`") { (input: Input, invocation) in
            let rows = try await invocation.database.rows(ProbeSQL.entries)
            let last = try await invocation.database.interactive { try await $0.rows(ProbeSQL.last)[0].int64(0) }
            let streamed = try await invocation.database.stream(ProbeSQL.entries) { rows in try await rows.reduce(into: 0) { sum, _ in sum += 1 } }
            let recital = Recital(
                id: invocation.makeID(), now: invocation.time.now(), texts: try rows.map { try $0.text(1) }, last: last, streamed: streamed)
            guard !recital.texts.contains("bad") else {
                let detail = String(decoding: try JSON.encode(recital), as: UTF8.self)
                throw AppError(.internalError, input.token.map { "A token of \($0.utf8.count) characters" }, detail: detail)
            }
            return recital
        }
    }
}
