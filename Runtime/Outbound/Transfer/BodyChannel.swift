import Synchronization

/// The shell of ``BodyFlow``: one transfer brings, one task takes.
final class BodyChannel: Sendable {
    private struct State {
        var flow = BodyFlow()
        var reader: UnsafeContinuation<Void, Never>?

        mutating func wake() -> UnsafeContinuation<Void, Never>? {
            defer { reader = nil }
            return reader
        }
    }
    private let state = Mutex(State())
    /// The head's lines, or why there is none.
    let head = OneShot<Result<[String], OutboundError>>()

    var isPaused: Bool { state.withLock { $0.flow.isPaused } }

    func arrived(_ chunk: UnsafeRawBufferPointer) -> Bool {
        // What the closure is lent does not leave it.
        nonisolated(unsafe) let chunk = chunk
        let (isTaken, reader) = state.withLock { ($0.flow.arrived(chunk), $0.wake()) }
        reader?.resume()
        return isTaken
    }

    func finish(_ error: OutboundError?) {
        head.finish(.failure(error ?? .connectionLost("no head")))
        let reader = state.withLock { state in
            state.flow.finish(error)
            return state.wake()
        }
        reader?.resume()
    }

    /// The next bytes; nil at the end. `resume` lets a paused transfer go on.
    func next(resume: () -> Void) async throws(OutboundError) -> [UInt8]? {
        while true {
            switch state.withLock({ $0.flow.take() }) {
            case .chunk(let bytes, let resumes):
                if resumes { resume() }
                return bytes
            case .end: return nil
            case .failed(let error): throw error
            case .wait(let resumes):
                if resumes { resume() }
                await withUnsafeContinuation { continuation in
                    let isReady = state.withLock { state in
                        if state.flow.hasNews { return true }
                        state.reader = continuation
                        return false
                    }
                    if isReady { continuation.resume() }
                }
            }
        }
    }
}
