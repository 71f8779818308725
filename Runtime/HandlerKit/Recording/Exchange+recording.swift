import Postgres
import Wire

extension Exchange {
    /// The clocks as the handler's code reads them: recorded or replayed where that is asked for.
    var time: TimeSource {
        if let player { return TimeSource(now: { player.now() }, instant: { [started] in player.instant(since: started) }) }
        guard let recorder else { return services.time }
        return TimeSource(
            now: { [services] in recorder.now(services.time) }, instant: { [services, started] in recorder.instant(services.time, since: started) })
    }

    /// Sends what was recorded in front of the last frame, where somebody wants it.
    func sendTrace(before frame: Frame) {
        guard let isFailure = frame.endsInFailure else { return }
        let trace: Trace
        if let player {
            trace = Trace(detail: failureDetail, divergences: player.divergences)
        } else if let recorder, isFailure || head.recording == .keep {
            let passed = started.duration(to: services.time.instant())
            trace = recorder.trace(began: services.time.now() - passed, detail: failureDetail)
            if trace.isTruncated { logger.notice("What the invocation read is too long to be recorded") }
        } else {
            return
        }
        let bytes = trace.bytes
        for start in stride(from: 0, to: bytes.count, by: Frame.maximumChunk) {
            connection.send(.trace(stream, Array(bytes[start..<min(start + Frame.maximumChunk, bytes.count)])))
        }
    }
}

extension Frame {
    /// Whether it ends an invocation that failed by fault of its own; nil where it ends none.
    fileprivate var endsInFailure: Bool? {
        switch self {
        case .failure(_, let failure): (ErrorCode(named: failure.code) ?? .internalError).status >= 500
        case .answer(_, let head): head.receipt == nil ? nil : head.status >= 500
        case .end, .subscribe, .page: false
        default: nil
        }
    }
}
