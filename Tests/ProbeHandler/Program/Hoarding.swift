import Glibc
import HandlerKit

/// Routes that take what is not theirs: memory, and the thread.
enum Hoarding {
    struct Amount: Decodable, Sendable {
        /// Bytes; without end where it is absent.
        var bytes: Int?
    }

    /// A piece that is written to, so that it is held and not only promised.
    private static let piece = 1 << 20

    @RoutesBuilder static var routes: [Route] {
        Route.get("/probe/allocate", access: .read, summary: "Holds more and more memory") { (input: Amount, _) in
            var pieces: [[UInt8]] = []
            while pieces.count * piece < input.bytes ?? .max {
                pieces.append([UInt8](repeating: UInt8(truncatingIfNeeded: pieces.count), count: piece))
            }
            return Echoing.Hello(hello: "\(pieces.reduce(0) { $0 + $1.count })")
        }

        Route.get("/probe/block", access: .read, summary: "Holds its thread and computes nothing") { (input: Waiting.MaybeTime, _) in
            let start = ContinuousClock.now
            while input.milliseconds.map({ start.duration(to: .now) < .milliseconds($0) }) ?? true { usleep(1000) }
            return Response.noContent
        }
    }
}
