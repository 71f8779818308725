import HandlerKit

/// What the host asks for when a source is due and nobody waits for it. It asks again until the answer is 2xx.
struct WorkRoute: Sendable {
    let parts: Result<Parts, AppError>

    var route: Route {
        Route.post("/internal/sources/work", access: .system, summary: "Run a source") {
            (input: WorkInput, invocation: SystemInvocation) async throws -> WorkAnswer in
            try await SyncRun(
                source: input.id, isAsked: input.kind == .ask, begun: input.attempt, parts: try parts.get(), invocation: invocation
            ).run()
            return WorkAnswer(done: true)
        }
    }
}

struct WorkInput: Decodable, Sendable {
    enum Kind: String, Codable, Sendable, CaseIterable { case sync, ask }

    let kind: Kind
    let id: UUID
    /// How often it was begun, this time included.
    let attempt: Int
}

struct WorkAnswer: Codable, Sendable {
    let done: Bool
}
