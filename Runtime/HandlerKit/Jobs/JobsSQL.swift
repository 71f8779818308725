import Postgres

/// The statements behind jobs. The functions take tenant, job and attempt from the signed context.
enum JobsSQL {
    /// Fails where the attempt is not the newest of its job.
    static let fence = Statement("kit.job_fence", "select jobs.fence()", access: .write, cost: .short)
    /// Ends the job; fails as the fence does.
    static let complete = Statement("kit.job_complete", "select jobs.complete()", access: .write, cost: .short)
    static let data = Statement("kit.job_data", "select arguments, checkpoint from jobs.data()", cost: .short)
    /// $1 is the tenant; $2, $3: progress, checkpoint.
    static let advance = Statement("kit.job_advance", "select jobs.advance($2, $3) where $1::uuid is not null", access: .write, cost: .short)
    /// The same for a job of no tenant.
    static let advanceAlone = Statement("kit.job_advance_alone", "select jobs.advance($1, null)", access: .write, cost: .short)
    /// $1 is the tenant; $2…$8: id, kind, arguments, delay in seconds, priority, attempts, unique key.
    static let enqueue = Statement(
        "kit.enqueue", "select job_id, is_new from jobs.enqueue($2, $3, $4, $5, $6, $7, $8) where $1::uuid is not null", access: .write, cost: .short)

    /// $1 is the tenant; $2, $3, $4: kind, unique key, whether one that runs is meant too.
    static let cancel = Statement("kit.job_cancel", "select jobs.cancel($2, $3, $4) where $1::uuid is not null", access: .write, cost: .short)

    static let fenceCall = Call(fence, [])
    static let completeCall = Call(complete, [])
}
