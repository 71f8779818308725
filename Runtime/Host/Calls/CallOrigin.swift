import Kernel
import Tokens
import Wire

/// What a call between handlers takes over from the invocation that makes it.
struct CallOrigin: Sendable {
    /// How many handlers' calls a client's own may lie in front of an invocation.
    static let deepest: UInt8 = 4
    /// How many one invocation may have under way at once.
    static let atOnce = 16

    /// The handler that calls.
    let handler: String
    let depth: UInt8
    let requestID: String
    let idempotency: Idempotency?
    /// Nil where nobody has signed in.
    let principal: Principal?
    /// Whose job it is that calls; nil where it is none, or of no tenant.
    var jobOf: TenantID?
    let deadline: Deadline
    /// The client's.
    let address: String

    /// The depth of a call that is made here. Throws `LOOP_DETECTED` where it would be too deep.
    func nextDepth() throws(AppError) -> UInt8 {
        guard depth < Self.deepest else { throw AppError(.loopDetected, "Handlers call each other more than \(Self.deepest) deep") }
        return depth + 1
    }

    /// The idempotency key of a call: a repeated request, and a job that is begun anew, make the same ones, as long as they make their calls in the
    /// same order.
    func idempotency(of call: NestedCall) -> Idempotency? {
        guard let idempotency else { return nil }
        var key = SHA256()
        key.update(Array("\(idempotency.key)\0\(handler)\0\(call.number)".utf8))
        var fingerprint = SHA256()
        for part in [Array(call.method.utf8), Array(call.path.utf8), Array(call.query.utf8), call.body] {
            fingerprint.update(Array("\(part.count)\0".utf8))
            fingerprint.update(part)
        }
        return Idempotency(key: "call-\(key.finalize().hex)", fingerprint: fingerprint.finalize().bytes)
    }
}

extension Idempotency {
    /// Stands in for the key that a job's request would have: the same for all of its attempts.
    init(job: InvocationID) { self.init(key: "job-\(job)", fingerprint: []) }
}
