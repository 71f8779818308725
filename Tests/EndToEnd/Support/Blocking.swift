import Reactor

/// Blocking calls of the tests run here, so that none of them holds a thread of the cooperative pool.
enum Blocking {
    private static let pool = BlockingPool(threads: 128, name: "end-to-end")

    /// Runs a body that nobody waits for.
    static func start(_ body: @escaping @Sendable () -> Void) { pool.submit(body) }

    static func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T { try await pool.run(body) }
}
