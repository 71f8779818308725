import Kernel
import ServiceLifecycle

/// Requests about objects on their way from the wires to the tasks that work on them.
final class ObjectQueue: Sendable {
    let requests: AsyncStream<RunningObject>
    private let continuation: AsyncStream<RunningObject>.Continuation

    init() { (requests, continuation) = AsyncStream.makeStream() }

    func add(_ request: RunningObject) { continuation.yield(request) }

    func finish() { continuation.finish() }
}

/// Works on what handlers ask of objects. Stops behind the processes, which may ask until they have ended.
struct ObjectService: Service {
    let desk: ObjectDesk
    let queue: ObjectQueue

    func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await request in queue.requests {
                    group.addTask(executorPreference: request.executor) { await desk.serve(request) }
                }
            }
        } onGracefulShutdown: {
            queue.finish()
        }
    }
}
