import HummingbirdCore
import Kernel
import Logging
import NIOCore
import NIOHTTP1

/// How a client's connection is set up and served: HTTP/1.1 parsed by swift-nio, then straight to the gateway, all on one loop.
struct EdgeChannel: ServerChildChannel {
    let loops: Loops
    let limits: EdgeLimits
    let time: TimeSource
    let serve: @Sendable (HTTPConnection) async -> Void

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTPConnection> {
        channel.eventLoop.makeCompletedFuture {
            var decoding = NIOHTTPDecoderLimitConfiguration()
            // Lengths are checked in front of the parser; its own limits are never met.
            decoding.maxHeaderFieldSize = max(limits.headerLine, limits.target) + 1024
            decoding.maxHeaderListSize = limits.head + limits.target + limits.trailers + 1024
            decoding.maxHeaderFieldCount = limits.headerLines + limits.trailerLines
            // A megabyte may wait for a slow client: what is not larger never keeps a handler, let alone a transaction, waiting for it.
            try channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: limits.answerBuffer / 2, high: limits.answerBuffer))
            let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: decoding)
            let input = StrictInput(limits: limits)
            let connection = HTTPConnection(
                channel: channel, input: input, executor: loops.executor(of: channel.eventLoop), limits: limits, time: time)
            try channel.pipeline.syncOperations.addHandler(input)
            try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
            try channel.pipeline.syncOperations.addHandler(connection)
            return connection
        }
    }

    func handle(value connection: HTTPConnection, logger: Logger) async {
        await connection.executor.run { await serve(connection) }
    }
}
