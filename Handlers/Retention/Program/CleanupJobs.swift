import HandlerKit

/// What timers clean up. Each step is safe to be begun anew.
enum CleanupJobs {
    @JobsBuilder static var jobs: [Job] {
        Job("cleanup_old_data", summary: "Remove what is too old, and take addresses out of old events") {
            (_: NoInput, job: JobInvocation) async throws in
            if let before = try await job.functions.rows(RetentionSQL.retention).first?.optionalTimestamp(0) {
                _ = try await OldValues.remove(before: before, try job.database)
            }
            _ = try await Removal.all { try await job.functions.rows(RetentionSQL.anonymize, .int32(Int32(Removal.piece))) }
        }
        Job("anonymize_old_events", summary: "Take addresses out of old events of no tenant, and of tenants whose timers stand still") {
            (_: NoInput, job: JobInvocation) async throws in
            _ = try await Removal.all { try await job.functions.rows(RetentionSQL.anonymizeStray, .int32(Int32(Removal.piece))) }
        }
    }
}
