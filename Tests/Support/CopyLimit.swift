/// Lets a few tests have a database at a time: the others wait without a connection.
actor CopyLimit {
    static let shared = CopyLimit(4)
    /// Servers of tests' own beside the one that all share. Whoever has a database may ask for one, but not the reverse.
    static let clusters = CopyLimit(2)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ most: Int) { free = most }

    nonisolated func run<R>(_ body: () async throws -> R) async throws -> R {
        await enter()
        do {
            let result = try await body()
            await leave()
            return result
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        if free > 0 {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
