import Kernel
import ServiceLifecycle

/// Calls between handlers on their way from the wires to the task that runs them.
final class CallQueue: Sendable {
    let calls: AsyncStream<RunningCall>
    private let continuation: AsyncStream<RunningCall>.Continuation

    init() { (calls, continuation) = AsyncStream.makeStream() }

    func add(_ call: RunningCall) { continuation.yield(call) }

    func finish() { continuation.finish() }
}

/// Runs the calls that handlers make of each other. Stops behind the processes, which may call until they have ended.
struct CallService: Service {
    let gateway: Gateway
    let queue: CallQueue

    func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await call in queue.calls {
                    group.addTask(executorPreference: call.executor) { await gateway.answer(call) }
                }
            }
        } onGracefulShutdown: {
            queue.finish()
        }
    }
}
