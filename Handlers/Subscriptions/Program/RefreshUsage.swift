import HandlerKit

/// The job `refresh_usage`: adds hours of usage that nobody asks for by the hour any more up to days, in pieces.
enum RefreshUsage {
    static let job = Job("refresh_usage", summary: "Add old hours of usage up to days") {
        (_: NoInput, job: JobInvocation) async throws in
        while let count = try await job.functions.rows(SubscriptionsSQL.rollUp, .int32(piece)).first?.int64(0), count == Int64(piece) {
            try Task.checkCancellation()
        }
    }

    private static let piece: Int32 = 5000
}
