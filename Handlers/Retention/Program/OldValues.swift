import HandlerKit

/// What a plan keeps no longer.
enum OldValues {
    /// `POST /internal/retention/retain`: what the host asks for once a day, also for tenants that are suspended, whose timers stand still.
    static let route = Route.post("/internal/retention/retain", access: .system, summary: "Remove values that are older than the plan keeps them") {
        (input: RetainInput, invocation: SystemInvocation) async throws -> RemovedValues in
        RemovedValues(values: try await remove(before: input.before, try invocation.database))
    }

    /// How many values of series there were. What imports replaced goes first, so that no undo brings back what is older.
    static func remove(before: Timestamp, _ database: TenantDatabase) async throws -> Int64 {
        _ = try await Removal.all { try await database.rows(RetentionSQL.removeOldReplaced, .timestamp(before), .int64(Removal.piece)) }
        return try await Removal.all { try await database.rows(RetentionSQL.removeOld, .timestamp(before), .int64(Removal.piece)) }
    }
}

struct RetainInput: Decodable, Sendable {
    /// What is older goes.
    let before: Timestamp
}
