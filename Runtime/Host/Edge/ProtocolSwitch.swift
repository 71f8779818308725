import NIOCore

/// Looks at a connection's first bytes and sees whether the client begins with HTTP/2 (RFC 9113 section 3.4).
final class ProtocolSwitch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    private let choose: (_ isHTTP2: Bool) -> Void
    private var held: ByteBuffer?

    /// `choose` sets up what follows.
    init(_ choose: @escaping (_ isHTTP2: Bool) -> Void) { self.choose = choose }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if var earlier = held {
            earlier.writeBuffer(&buffer)
            buffer = earlier
        }
        let start = buffer.readableBytesView.prefix(Self.preface.count)
        guard start.count == Self.preface.count || !start.elementsEqual(Self.preface.prefix(start.count)) else {
            held = buffer
            return
        }
        held = nil
        choose(start.elementsEqual(Self.preface))
        context.fireChannelRead(wrapInboundOut(buffer))
        context.fireChannelReadComplete()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Nothing was asked yet.
        if event is ChannelShouldQuiesceEvent || event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}
