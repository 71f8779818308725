import Kernel
import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2

/// Shows the requests of HTTP/2 streams in the form that those of HTTP/1.1 have, checked as strictly (RFC 9113 section 8).
///
/// NIOHTTP2 has checked the order and the names of pseudo-headers, connection headers and the content's length before.
final class StreamInput: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTPServerRequestPart

    private let limits: EdgeLimits
    private var hasHead = false
    private var isOver = false

    init(limits: EdgeLimits) { self.limits = limits }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch unwrapInboundIn(data) {
        case .headers(let frame):
            // Trailers are dropped.
            if !hasHead {
                hasHead = true
                do throws(AppError) {
                    context.fireChannelRead(wrapInboundOut(.head(try RequestBlock.head(frame.headers, hasBody: !frame.endStream, limits))))
                } catch {
                    isOver = true
                    context.fireErrorCaught(error)
                    return
                }
            }
            if frame.endStream { end(context) }
        case .data(let frame):
            if case .byteBuffer(let bytes) = frame.data, bytes.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(.body(bytes))) }
            if frame.endStream { end(context) }
        default: break
        }
    }

    private func end(_ context: ChannelHandlerContext) {
        isOver = true
        context.fireChannelRead(wrapInboundOut(.end(nil)))
    }
}
