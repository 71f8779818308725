import HandlerKit
import Synchronization

/// Runs what computes for long on a thread beside the one that all of the handler's code shares.
struct Offloading: Sendable {
    private let run: @Sendable (@escaping @Sendable () throws -> Void) async throws -> Void

    init(_ run: @escaping @Sendable (@escaping @Sendable () throws -> Void) async throws -> Void) { self.run = run }

    func callAsFunction<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        let box = Box<T>()
        try await run {
            let value = try work()
            box.value.withLock { $0 = value }
        }
        guard let value = box.value.withLock({ $0 }) else { throw AppError(.internalError, detail: "what was offloaded came back empty") }
        return value
    }

    private final class Box<T: Sendable>: Sendable {
        let value = Mutex<T?>(nil)
    }
}
