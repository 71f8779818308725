import Kernel
import Tokens
import Wire

/// The requests about objects of one invocation. Lives on the loop of its wire.
struct RunningObjects {
    /// How many tasks may still be at work for one invocation, those included that nobody waits for any more.
    static let mostTasks = 4 * ObjectRequest.atOnce

    /// Those that are waited for, by number.
    var open: [UInt32: RunningObject] = [:]
    var newest: UInt32 = 0
    var tasks = 0
}

extension Exchange {
    /// A process says something about an object.
    func receiveObject(_ frame: Frame) throws(WireViolation) {
        guard cancelledAt == nil else { return }
        switch frame {
        case .object(_, let request): try begin(request)
        case .piece(_, let piece): try objects.open[piece.number]?.arrive(piece.bytes)
        case .room(_, let room): objects.open[room.number]?.grant(room.credit)
        case .close(_, let close):
            if close.isWhole {
                objects.open[close.number]?.complete()
            } else {
                objects.open.removeValue(forKey: close.number)?.stop()
            }
        default: throw WireViolation("a process sent the frame \(frame.name)")
        }
    }

    private func begin(_ request: ObjectRequest) throws(WireViolation) {
        guard request.number > objects.newest, objects.open.count < ObjectRequest.atOnce else {
            throw WireViolation("a process asks for objects out of order or for too many at once")
        }
        objects.newest = request.number
        guard let context = grant?.context, objects.tasks < RunningObjects.mostTasks else {
            let failure = ObjectFailure(AppError(.unavailable, retryAfter: .milliseconds(100)))
            return sendObject(.outcome(stream, ObjectOutcome(number: request.number, result: .failed(failure))))
        }
        let running = RunningObject(request, tenant: context.tenant, handler: context.handler, executor: executor, exchange: self)
        objects.open[request.number] = running
        objects.tasks += 1
        run(running)
    }

    /// A task is done.
    func ended(_ running: RunningObject) {
        objects.tasks -= 1
        if objects.open[running.request.number] === running { objects.open[running.request.number] = nil }
    }

    /// Gives up all that is under way.
    func stopObjects() {
        for running in objects.open.values { running.stop() }
        objects.open = [:]
    }
}
