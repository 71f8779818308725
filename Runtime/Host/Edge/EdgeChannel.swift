import HummingbirdCore
import Kernel
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOSSL
import NIOTLS

/// How a client's connection is set up and served: TLS where there is a certificate, then HTTP/1.1 or HTTP/2, then straight to the gateway, all on one loop.
struct EdgeChannel: ServerChildChannel {
    typealias Streams = NIOHTTP2Handler.AsyncStreamMultiplexer<HTTPConnection>

    /// What speaks on a connection.
    enum Protocols: Sendable {
        case http1(HTTPConnection)
        case http2(Streams)
    }

    /// A connection; what it speaks may still be open.
    struct Client: ServerChildChannelValue {
        let channel: any Channel
        let protocols: Known

        enum Known: Sendable {
            case now(HTTPConnection)
            case later(EventLoopFuture<Protocols>)
        }
    }

    let loops: Loops
    let limits: EdgeLimits
    let time: TimeSource
    /// Nil: no TLS.
    let certificates: Certificates?
    /// Whether clients may begin with HTTP/2 without TLS.
    let clearHTTP2: Bool
    let addresses: AddressCounter
    let serve: @Sendable (HTTPConnection) async -> Void

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Client> {
        channel.eventLoop.makeCompletedFuture {
            // A megabyte may wait for a slow client: what is not larger never keeps a handler, let alone a transaction, waiting for it.
            try channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: limits.answerBuffer / 2, high: limits.answerBuffer))
            let address = ClientAddress(channel.remoteAddress)
            if addresses.enter(address) {
                channel.closeFuture.assumeIsolated().whenComplete { [addresses] _ in addresses.leave(address) }
            } else {
                channel.close(promise: nil)
            }
            if let certificates { return try setTLS(channel, certificates.context) }
            return clearHTTP2 ? try setSwitch(channel) : Client(channel: channel, protocols: .now(try setHTTP1(channel, isSecure: false)))
        }
    }

    func handle(value client: Client, logger: Logger) async {
        switch client.protocols {
        case .now(let connection): await connection.executor.run { await serve(connection) }
        case .later(let protocols):
            // A client that went before it said what it speaks is nobody's fault.
            guard let protocols = try? await protocols.get() else { return }
            switch protocols {
            case .http1(let connection): await connection.executor.run { await serve(connection) }
            case .http2(let streams): await serve(streams, on: client.channel)
            }
        }
    }

    /// Serves all streams of a connection, each in a task of its own on the connection's loop.
    private func serve(_ streams: Streams, on channel: any Channel) async {
        await loops.executor(of: channel.eventLoop).run {
            await withDiscardingTaskGroup { group in
                do {
                    for try await stream in streams.inbound { group.addTask { await serve(stream) } }
                } catch { channel.close(promise: nil) }
            }
        }
    }

    private func setHTTP1(_ channel: any Channel, isSecure: Bool) throws -> HTTPConnection {
        var decoding = NIOHTTPDecoderLimitConfiguration()
        // Lengths are checked in front of the parser; its own limits are never met.
        decoding.maxHeaderFieldSize = max(limits.headerLine, limits.target) + 1024
        decoding.maxHeaderListSize = limits.head + limits.target + limits.trailers + 1024
        decoding.maxHeaderFieldCount = limits.headerLines + limits.trailerLines
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: decoding)
        let input = StrictInput(limits: limits)
        let connection = HTTPConnection(
            channel: channel, input: input, executor: loops.executor(of: channel.eventLoop), limits: limits, time: time, isSecure: isSecure)
        try channel.pipeline.syncOperations.addHandler(input)
        try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
        try channel.pipeline.syncOperations.addHandler(connection)
        return connection
    }

    private func setTLS(_ channel: any Channel, _ context: NIOSSLContext) throws -> Client {
        let pipeline = channel.pipeline.syncOperations
        let limit = HandshakeLimit(limits.headTime)
        let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Protocols> { result, channel in
            channel.eventLoop.makeCompletedFuture {
                // What follows has limits of its own.
                channel.pipeline.syncOperations.removeHandler(limit, promise: nil)
                if case .negotiated("h2") = result { return .http2(try setHTTP2(channel, isSecure: true)) }
                return .http1(try setHTTP1(channel, isSecure: true))
            }
        }
        try pipeline.addHandler(NIOSSLServerHandler(context: context))
        try pipeline.addHandler(negotiation)
        try pipeline.addHandler(limit)
        return Client(channel: channel, protocols: .later(negotiation.protocolNegotiationResult))
    }

    private func setSwitch(_ channel: any Channel) throws -> Client {
        let promise = channel.eventLoop.makePromise(of: Protocols.self)
        let limit = channel.eventLoop.scheduleTask(in: .nanoseconds(limits.firstByte.microseconds * 1000)) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in
            limit.cancel()
            promise.fail(ChannelError.alreadyClosed)
        }
        try channel.pipeline.syncOperations.addHandler(
            ProtocolSwitch { isHTTP2 in
                limit.cancel()
                do {
                    promise.succeed(
                        isHTTP2 ? .http2(try setHTTP2(channel, isSecure: false)) : .http1(try setHTTP1(channel, isSecure: false)))
                } catch {
                    promise.fail(error)
                    channel.close(promise: nil)
                }
            })
        return Client(channel: channel, protocols: .later(promise.futureResult))
    }
}
