import HandlerKit

/// What timers clean up, for each tenant. Each step is safe to be begun anew.
enum CleanupJobs {
    @JobsBuilder static var jobs: [Job] {
        Job("remove_old_data", summary: "Remove values that are older than the plan keeps them") {
            (_: NoInput, job: JobInvocation) async throws in try await remove(job)
        }
        Job("cleanup_old_data", summary: "Remove what is too old, and take addresses out of old events") {
            (_: NoInput, job: JobInvocation) async throws in
            try await remove(job)
            _ = try await Removal.all { try await job.functions.rows(RetentionSQL.anonymize, .int32(Int32(Removal.piece))) }
        }
    }

    private static func remove(_ job: JobInvocation) async throws {
        let database = try job.database
        guard let before = try await job.functions.rows(RetentionSQL.retention).first?.optionalTimestamp(0) else { return }
        // What imports replaced first, so that no undo brings back what is older.
        _ = try await Removal.all { try await database.rows(RetentionSQL.removeOldReplaced, .timestamp(before), .int64(Removal.piece)) }
        _ = try await Removal.all { try await database.rows(RetentionSQL.removeOld, .timestamp(before), .int64(Removal.piece)) }
    }
}
