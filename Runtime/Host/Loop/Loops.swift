import NIOCore
import NIOPosix

/// The event loops of the gateway, each with the executor of its tasks.
final class Loops: Sendable {
    let group: MultiThreadedEventLoopGroup
    /// In the order of the group.
    let executors: [LoopExecutor]

    /// That many loops; nil: one up to four cores, above that one for each four.
    init(count: Int?) {
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, count ?? System.coreCount / 4))
        executors = group.makeIterator().map { LoopExecutor(loop: $0) }
    }

    /// The executor of a loop of this group.
    func executor(of loop: any EventLoop) -> LoopExecutor {
        for executor in executors where executor.loop === loop { return executor }
        return executors[0]
    }

    /// The first loop: what there is only once lives here.
    var home: LoopExecutor { executors[0] }
}
