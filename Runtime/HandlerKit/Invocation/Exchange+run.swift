import Postgres
import Wire

extension Exchange {
    /// Runs the invocation to its end. Its last frame has left when this returns, whatever happened:
    ///
    /// - thrown before the first byte: the error is the answer;
    /// - thrown after it: the stream is aborted and the error logged;
    /// - past the deadline, or nobody waiting any more: the task is cancelled, and with it the statement that runs;
    /// - thrown after the last byte: logged.
    func run() async {
        await withUnsafeCurrentTask { task in
            self.task = task
            if machine.cancelled != nil { task?.cancel() }
            do {
                guard endpoint.accepts(head.scope) else {
                    throw AppError(.internalError, detail: "the route's access does not go with a context of the kind \(head.scope)")
                }
                try Task.checkCancellation()
                if let idempotency = head.idempotency, endpoint.description.writes, head.hasTenant, player == nil {
                    try await runOnce(idempotency)
                } else {
                    try await endpoint.work(self)
                }
            } catch {
                fail(error)
            }
            self.task = nil
        }
    }

    private func fail(_ error: any Error) {
        let visible = visible(error)
        let stage = machine.stage
        failureDetail = visible.detail ?? ""
        if machine.finish() { send(.failure(stream, Failure(visible, receipt: receipt))) }
        let level: Logger.Level =
            switch visible.code {
            case .internalError: .error
            case .unavailable, .deadlineExceeded: .warning
            default: stage == .silent ? .debug : .warning
            }
        guard logger.logLevel <= level else { return }
        let outcome: Logger.Message =
            switch stage {
            case .silent: "The invocation failed"
            case .streaming: "The answer was aborted"
            case .over: "The invocation failed after its answer"
            }
        logger.log(level: level, outcome, metadata: .keys([.error: .string(visible.debugDescription)]))
    }

    /// The error in the words that its caller may read, with the rest as its detail.
    private func visible(_ error: any Error) -> AppError {
        switch error {
        case let error as AppError: error
        case let error as PostgresError: error.appError
        case is CancellationError: AppError(whyCancelled)
        default: AppError(.internalError, detail: String(reflecting: error))
        }
    }

    private var whyCancelled: ErrorCode {
        switch machine.cancelled {
        case .deadline: .deadlineExceeded
        case .clientGone: .cancelled
        case .revoked: .forbidden
        case .shutdown: .unavailable
        case nil: deadline.hasPassed(at: services.time.instant()) ? .deadlineExceeded : .internalError
        }
    }
}
