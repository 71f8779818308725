import HummingbirdCore
import Kernel
import NIOCore
import NIOHTTP2

extension EdgeChannel {
    /// HTTP/2 with bounds on everything that a client can make the gateway keep or do (RFC 9113 section 10.5).
    func setHTTP2(_ channel: any Channel, isSecure: Bool) throws -> Streams {
        let executor = loops.executor(of: channel.eventLoop)
        let manager = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(
                maxIdleTime: .nanoseconds(limits.idle.microseconds * 1000), maxAge: nil, maxGraceTime: .seconds(600),
                keepalive: .init(pingInterval: .seconds(60), ackTimeout: .seconds(20))))
        let streams = try channel.pipeline.syncOperations.configureAsyncHTTP2Pipeline(
            mode: .server, streamDelegate: manager.http2StreamDelegate, configuration: configuration
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                let connection = HTTPConnection(stream: stream, executor: executor, limits: limits, time: time, isSecure: isSecure)
                try stream.pipeline.syncOperations.addHandler(StreamInput(limits: limits))
                try stream.pipeline.syncOperations.addHandler(connection)
                return connection
            }
        }
        try channel.pipeline.syncOperations.addHandler(manager)
        try channel.pipeline.syncOperations.addHandler(ConnectionEnd(drain: limits.drain))
        return streams
    }

    private var configuration: NIOHTTP2Handler.Configuration {
        var configuration = NIOHTTP2Handler.Configuration()
        configuration.connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.streams),
            // The check that answers 431 comes first; a block above twice that ends the connection.
            HTTP2Setting(parameter: .maxHeaderListSize, value: limits.head * 2),
            HTTP2Setting(parameter: .initialWindowSize, value: limits.bodyBuffer),
        ]
        configuration.connection.targetWindowSize = limits.bodyBuffer * 4
        // CVE-2024-27316: headers without an end.
        configuration.connection.maximumSequentialContinuationFrames = 5
        configuration.connection.maximumSequentialEmptyDataFrames = 1
        configuration.connection.maximumBufferedControlFrames = 1000
        // Settings, pings and priorities that ask for nothing.
        configuration.connection.controlFrameRateLimit.maximumCount = 200
        configuration.connection.controlFrameRateLimit.windowLength = .seconds(30)
        configuration.stream.targetWindowSize = limits.bodyBuffer
        configuration.stream.outboundBufferSizeHighWatermark = limits.streamBuffer
        configuration.stream.outboundBufferSizeLowWatermark = limits.streamBuffer / 2
        // CVE-2023-44487: streams that are opened to be reset.
        configuration.stream.streamResetFrameRateLimit.maximumCount = 200
        configuration.stream.streamResetFrameRateLimit.windowLength = .seconds(30)
        configuration.stream.streamErrorRateLimit.maximumCount = 200
        configuration.stream.streamErrorRateLimit.windowLength = .seconds(30)
        return configuration
    }
}

/// Ends a connection on which something went wrong that is not the fault of one stream.
private final class ConnectionEnd: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private let drain: Duration

    init(drain: Duration) { self.drain = drain }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            // Saying goodbye takes an answer of the client, who may give none.
            let channel = context.channel
            context.eventLoop.scheduleTask(in: .nanoseconds(drain.microseconds * 1000)) { channel.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A stream's own fault has been answered by its reset.
        if error is NIOHTTP2Errors.StreamError { return }
        context.close(promise: nil)
    }
}
