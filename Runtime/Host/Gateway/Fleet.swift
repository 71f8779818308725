import Kernel
import Manifest
import Synchronization

/// The handlers that are served together, with the table of their routes. Never changes; another version is another snapshot.
final class Serving: Sendable {
    let table: RouteTable
    let handlers: [ServedHandler]

    /// Throws where two routes collide, naming both handlers.
    init(_ handlers: [ServedHandler]) throws(AppError) {
        table = try RouteTable.build(handlers.map { ($0.name, $0.description) })
        self.handlers = handlers
    }
}

/// What is served now, and every pool that still has processes: those of versions before, too, until their last call has ended.
final class Fleet: Sendable {
    private struct State {
        var serving: Serving
        var pools: [HandlerPool]
        var isStopped = false
    }

    private let state: Mutex<State>
    private let arrivals: AsyncStream<HandlerPool>
    private let arrive: AsyncStream<HandlerPool>.Continuation

    init(_ serving: Serving) {
        let pools = serving.handlers.map(\.pool)
        state = Mutex(State(serving: serving, pools: pools))
        (arrivals, arrive) = AsyncStream.makeStream()
        for pool in pools { arrive.yield(pool) }
    }

    /// What new requests are served by.
    var serving: Serving { state.withLock { $0.serving } }

    /// All pools, of every version.
    var pools: [HandlerPool] { state.withLock { $0.pools } }

    /// Runs a pool that is not served yet.
    func add(_ pool: HandlerPool) {
        let isStopped = state.withLock { state in
            state.pools.append(pool)
            arrive.yield(pool)
            return state.isStopped
        }
        if isStopped { pool.stop() }
    }

    /// Serves these from now on. Pools that are not among theirs leave when nobody holds their handler any more.
    func swap(to serving: Serving) {
        let kept = serving.handlers.map(\.pool)
        let (left, isStopped) = state.withLock { state in
            let left = state.serving.handlers.map(\.pool).filter { pool in !kept.contains { $0 === pool } }
            for pool in kept where !state.pools.contains(where: { $0 === pool }) {
                state.pools.append(pool)
                arrive.yield(pool)
            }
            state.serving = serving
            return (left, state.isStopped)
        }
        for pool in left { pool.supersede() }
        if isStopped { for pool in kept { pool.stop() } }
    }

    /// Runs the processes of all pools until ``stop()`` and the last one's end.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await pool in arrivals {
                group.addTask {
                    await pool.run()
                    self.state.withLock { state in state.pools.removeAll { $0 === pool } }
                }
            }
        }
    }

    /// Nothing new; what runs may finish.
    func stop() {
        let pools = state.withLock { state in
            state.isStopped = true
            return state.pools
        }
        for pool in pools { pool.stop() }
        arrive.finish()
    }
}
