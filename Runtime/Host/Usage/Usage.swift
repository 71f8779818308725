import Kernel
import Wire

/// What one or several invocations used. The one value that is metered for a tenant, written to the log, and charged to the fair queue.
struct Usage: Sendable, Hashable {
    var invocations: Int64 = 0
    /// Those of them that no client asked for: the host's own, by a timer for example.
    var jobs: Int64 = 0
    /// Those that failed: answered with 500 or above, or not answered to their end.
    var errors: Int64 = 0
    /// Time on a processor in the handler's process, in microseconds.
    var cpuMicroseconds: Int64 = 0
    /// Time in which they waited for the database, in microseconds.
    var databaseMicroseconds: Int64 = 0
    /// Rows that the database returned or changed.
    var rows: Int64 = 0
    /// Bytes of values that the database returned.
    var databaseBytes: Int64 = 0
    /// Bytes of the requests' bodies.
    var requestBytes: Int64 = 0
    /// Bytes of the answers' bodies.
    var answerBytes: Int64 = 0

    /// Nothing.
    init() {}

    /// What a process says it used for an invocation, whether or not somebody still waited for the answer.
    init(_ receipt: Receipt) {
        cpuMicroseconds = Int64(receipt.cpuMicroseconds)
        databaseMicroseconds = Int64(receipt.databaseMicroseconds)
        rows = Int64(receipt.rows)
        databaseBytes = Int64(clamping: receipt.databaseBytes)
    }

    /// One invocation as its client saw it.
    init(requestBytes: Int, answerBytes: Int, failed: Bool, isJob: Bool = false) {
        invocations = 1
        jobs = isJob ? 1 : 0
        errors = failed ? 1 : 0
        self.requestBytes = Int64(requestBytes)
        self.answerBytes = Int64(answerBytes)
    }

    static func += (sum: inout Usage, more: Usage) {
        sum.invocations += more.invocations
        sum.jobs += more.jobs
        sum.errors += more.errors
        sum.cpuMicroseconds += more.cpuMicroseconds
        sum.databaseMicroseconds += more.databaseMicroseconds
        sum.rows += more.rows
        sum.databaseBytes += more.databaseBytes
        sum.requestBytes += more.requestBytes
        sum.answerBytes += more.answerBytes
    }
}
