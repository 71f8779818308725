import HandlerKit

/// Writes with their line of the audit log, which end as they are told.
enum Auditing {
    enum End: String, Decodable, Sendable, CaseIterable {
        case commit, fail, trap
    }

    struct Input: Decodable, Sendable {
        var number: Int64
        var text: String
        /// What happens between the two and the commit.
        var end: End
        /// How long the transaction stays open before it.
        var milliseconds: Int?
    }

    static var route: Route {
        Route.post("/probe/audited", access: .write, summary: "Adds an entry and says so in the audit log", status: 201) {
            (input: Input, invocation) in
            try await invocation.database.interactive { transaction in
                _ = try await transaction.batch([
                    Call(ProbeSQL.insert, [.int64(input.number), .text(input.text)]),
                    invocation.audit(
                        "entry.added", target: ("entry", input.text), details: ["number": .integer(input.number), "text": .string(input.text)]),
                ])
                try await Task.sleep(for: .milliseconds(input.milliseconds ?? 0))
                switch input.end {
                case .commit: break
                case .fail: throw AppError(.conflict, "No")
                case .trap: fatalError("told to")
                }
            }
            return Keeping.Entry(number: input.number, text: input.text)
        }
    }
}
