import Synchronization

/// Lets few large answers be read and stored at once in a process, in the order in which they came: what is made of one takes many times its size.
public final class LargeAnswers: Sendable {
    /// Answers up to so many bytes take no turn.
    public static let size = 256 << 10

    private struct State {
        var free: Int
        var waiting: [(number: UInt64, continuation: UnsafeContinuation<Bool, Never>)] = []
        var last: UInt64 = 0
    }

    private let state: Mutex<State>

    public init(atOnce: Int = 2) { state = Mutex(State(free: atOnce)) }

    /// Runs a body when its turn has come. Throws `CancellationError` where the task is cancelled before.
    public func withTurn<R: Sendable>(bytes: Int, _ body: () async throws -> R) async throws -> R {
        guard bytes > Self.size else { return try await body() }
        try await take()
        defer { give() }
        return try await body()
    }

    /// How many wait for their turn.
    public var waiting: Int { state.withLock { $0.waiting.count } }

    private func take() async throws {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        let isTaken = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    // Whoever cancels finds it in the line, or has done so by now.
                    if Task.isCancelled { return false }
                    guard state.free == 0 else {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((number, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let gone = state.withLock { state in
                state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0).continuation }
            }
            gone?.resume(returning: false)
        }
        if !isTaken { throw CancellationError() }
    }

    private func give() {
        let next: UnsafeContinuation<Bool, Never>? = state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst().continuation }
            state.free += 1
            return nil
        }
        next?.resume(returning: true)
    }
}
