import Kernel
import NIOCore
import NIOHTTP1

extension HTTPConnection {
    /// What carries the requests.
    enum Version {
        /// With what stands in front of the parser.
        case http1(StrictInput)
        /// One request on a stream.
        case http2
    }

    /// What came from the client, in order.
    enum Event {
        case head(HTTPRequestHead)
        case body(ByteBuffer)
        case end
        /// Nothing that comes behind this is read.
        case failure(AppError)
        case closed
    }

    /// A connection of HTTP/1.1. `input` stands in front of its parser.
    convenience init(channel: any Channel, input: StrictInput, executor: LoopExecutor, limits: EdgeLimits, time: TimeSource, isSecure: Bool) {
        self.init(channel, .http1(input), executor, limits, time, isSecure)
    }

    /// One stream of an HTTP/2 connection: it carries one request and counts as a connection that is closed behind it.
    convenience init(stream: any Channel, executor: LoopExecutor, limits: EdgeLimits, time: TimeSource, isSecure: Bool) {
        self.init(stream, .http2, executor, limits, time, isSecure)
    }
}
