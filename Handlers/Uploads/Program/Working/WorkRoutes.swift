import HandlerKit

/// What the host asks for when something is to be done with a file and nobody waits for it. It asks again until the answer is 2xx.
enum WorkRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.post("/internal/uploads/work", access: .system, summary: "Read, import or remove a file, or an upload that has expired") {
            (input: WorkInput, invocation: SystemInvocation) async throws -> WorkAnswer in
            switch input.kind {
            case .read: try await FileWork(input.id, input.attempt, invocation).run()
            case .import: try await ImportWorkRun(input.id, input.attempt, invocation).run()
            case .remove: try await remove(input.id, invocation)
            case .expire: try await ResumableExpiry.run(input.id, invocation)
            }
            return WorkAnswer(done: true)
        }
    }

    /// The bytes of a file that is gone, or that never was whole.
    private static func remove(_ id: UUID, _ invocation: SystemInvocation) async throws {
        let database = try invocation.database
        _ = try await database.rows(FilesSQL.removeUnfinished, .uuid(id))
        // A file that is there after all keeps its bytes.
        guard try await database.rows(FilesSQL.show, .uuid(id)).isEmpty else { return }
        try await invocation.objects.delete(FileIntake.object(id))
    }
}

struct WorkInput: Decodable, Sendable {
    enum Kind: String, Codable, Sendable, CaseIterable { case read, `import`, remove, expire }

    let kind: Kind
    /// Of the file, the import or the upload.
    let id: UUID
    /// How often it was begun, this time included.
    let attempt: Int
}

struct WorkAnswer: Codable, Sendable {
    let done: Bool
}

/// What ends work for good, and what is worth another try.
enum WorkFailure {
    /// So often it is begun; then what ends the process each time is given up.
    static let mostAttempts = 3

    /// Whether the same would happen again: the file or the wish is at fault.
    static func isFinal(_ error: AppError) -> Bool {
        error.code.status < 500 && ![ErrorCode.conflict, .tooManyRequests, .rateLimited, .cancelled].contains(error.code)
    }

    /// Whether another try is worth it behind so many. What is not there for now is waited for, for about an hour; what nobody expected may pass soon, or
    /// never.
    static func isWorthTrying(_ error: AppError, behind tries: Int32) -> Bool {
        !isFinal(error) && tries < (error.code == .internalError ? 3 : 20)
    }

    /// Seconds until the next try behind so many: 1, doubling up to 5 minutes.
    static func wait(behind tries: Int32) -> Double { min(Double(1 << min(max(tries - 1, 0), 9)), 300) }

    /// As rows keep it, in `jsonb`, which knows no NUL.
    static func stored(_ error: AppError) -> Bind {
        let value: JSONValue = [
            "code": .string(error.code.name), "message": .string(error.message),
            "errors": .array(error.issues.prefix(100).map { ["field": .string($0.field), "issue": .string($0.issue)] }),
            "details": .object(error.facts),
        ]
        return .json(Array(value.description.replacing("\\u0000", with: "\\ufffd").utf8))
    }

    static let gaveUp = AppError(
        .unprocessableFile, "Reading the file ended the process that read it, \(mostAttempts) times in a row; it is not tried again")
}
