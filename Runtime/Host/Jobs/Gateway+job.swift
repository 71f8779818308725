import Jobs
import Kernel
import Manifest
import NIOCore
import Wire

extension Gateway {
    /// How an attempt failed.
    struct JobFailure: Error {
        let error: AppError
        /// Whether the handler's code never ran.
        let isBeforehand: Bool
    }

    /// Has a handler run one attempt of a job: with a context of its tenant, the job and the attempt. Whether it is to be ended here, since it has not
    /// ended itself. Whoever stops it hears of that as `CANCELLED`.
    ///
    /// Where the attempt before died with its process it runs alone, so that no others die with it.
    func run(_ job: JobDatabase.Job, stops: Stops, on executor: LoopExecutor) async throws(JobFailure) -> Bool {
        guard let handler = handlers.first(where: { $0.name == job.handler }), let place = handler.jobs[job.kind] else {
            throw JobFailure(
                error: AppError(.notFound, "The handler \(job.handler) has no job \(job.kind)"),
                isBeforehand: handlers.contains { $0.name == job.handler } == false)
        }
        let deadline = Deadline.after(handler.timeout, from: time.instant())
        let process: HandlerProcess
        let invocation: Invocation
        do throws(AppError) {
            let keys = try await dataKeys(of: job.tenant, for: handler)
            process = try await handler.pool.lease(
                for: job.tenant, alone: job.lastError == ErrorCode.handlerFailed.name, deadline: deadline
            ) { stops.add($0) }
            do throws(AppError) {
                guard !stops.isOver else { throw AppError(.cancelled) }
                let attempt = HeaderField(name: HandlerDescription.Job.attemptHeader, value: "\(job.lease.attempt)")
                invocation = try self.invocation(
                    .route(UInt16(place)), handler.name, .system(job.tenant), InvocationID(job.lease.job), job.lease.job.description, deadline,
                    headers: [attempt], keys: keys, attempt: job.lease.attempt)
            } catch {
                handler.pool.giveBack(process)
                throw error
            }
        } catch { throw JobFailure(error: error, isBeforehand: true) }
        let link = ExchangeLink(process.wire, from: executor)
        let first = await link.open(invocation, gone: { stops.add($0) })
        var used = Receipt.none
        do throws(AppError) {
            let answer = try await collect(first, link, &used)
            meter(Int(answer.status), answer.body.count)
            guard (200..<300).contains(answer.status) else { throw AppError(.handlerFailed, "the job answered \(answer.status)") }
            return Int(answer.status) == HandlerDescription.Job.hasRun
        } catch {
            meter(error.code.status, 0)
            throw JobFailure(error: error, isBeforehand: false)
        }

        func meter(_ status: Int, _ bytes: Int) {
            let seen = Usage(requestBytes: 0, answerBytes: bytes, failed: status >= ErrorCode.cancelled.status, isJob: true)
            usage.add(seen, tenant: job.tenant, handler: job.handler, at: time.now())
        }
    }
}

extension Manifest {
    /// How many of its jobs run at once: what its processes can do, less a quarter for calls that somebody waits for.
    var jobsAtOnce: Int {
        let places = max(1, instances.upperBound) * (isolation == .invocation ? 1 : concurrency)
        return max(1, places - places / 4)
    }
}

extension ServedHandler {
    /// When a job of a kind is tried again.
    func retry(of kind: String) -> RetryPolicy {
        guard let job = description.jobs?.first(where: { $0.kind == kind }) else { return .standard }
        return RetryPolicy(maxAttempts: job.maxAttempts, firstWait: job.firstWait, longestWait: job.longestWait)
    }
}

extension ErrorCode {
    /// Whether the same input would bring the same error again. A plan's limit that is used up may be free later.
    var isFinal: Bool { (400..<499).contains(status) && ![402, 408, 409, 425, 429].contains(status) }
}
