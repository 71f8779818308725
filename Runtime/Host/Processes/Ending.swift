import Synchronization

/// How a process ended.
struct Death: Sendable, Equatable {
    /// `exit status 1` or `signal 9`.
    var how: String
    /// Why the gateway killed it; nil where it ended by itself, or somebody else killed it.
    var cause: ProcessPool.Cause?
    /// What it used when it was last looked at.
    var sample: ProcessSample?

    /// Whether what ran in it may have been the reason: not where it was asked to end, or never began.
    var blamesCalls: Bool {
        switch cause {
        case nil: how != "exit status 0"
        case .silence, .memory, .cpu: true
        case .start, .drain: false
        }
    }
}

/// Told once, heard by all who ask before or after.
final class Ending: Sendable {
    private enum State {
        case open([UnsafeContinuation<Death, Never>])
        case over(Death)
    }

    private let state = Mutex(State.open([]))

    func wait() async -> Death {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Death, Never>) in
            let death: Death? = state.withLock { state in
                switch state {
                case .open(let waiting):
                    state = .open(waiting + [continuation])
                    return nil
                case .over(let death): return death
                }
            }
            if let death { continuation.resume(returning: death) }
        }
    }

    func tell(_ death: Death) {
        let waiting: [UnsafeContinuation<Death, Never>] = state.withLock { state in
            guard case .open(let waiting) = state else { return [] }
            state = .over(death)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: death) }
    }
}
