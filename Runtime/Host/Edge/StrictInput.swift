import Kernel
import NIOCore

extension AppError {
    /// The client sends no more, in the middle of a request.
    static let cutOff = AppError(.badRequest, "The request ended before its end")

    /// Whether nothing is wrong with what came, but that there is no more of it.
    var isCutOff: Bool { code == .timeout || code == .badRequest && message == Self.cutOff.message }
}

/// Stands in front of the HTTP/1.1 parser and shows it only bytes that ``MessageScanner`` has let through; anything else ends the input with an `AppError`.
final class StrictInput: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var scanner: MessageScanner
    /// What was not let through yet.
    private var pending: ByteBuffer?
    private var isOver = false

    init(limits: EdgeLimits) { scanner = MessageScanner(limits: limits) }

    /// Whether part of a head has come, and not all of it.
    var holdsHead: Bool { pending != nil && scanner.isBetweenMessages }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        var buffer = unwrapInboundIn(data)
        if var held = pending {
            pending = nil
            held.writeBuffer(&buffer)
            buffer = held
        }
        let verdict = buffer.withUnsafeReadableBytes { scanner.scan($0) }
        for repair in verdict.repairs { buffer.setBytes(repair.bytes, at: buffer.readerIndex + repair.offset) }
        if verdict.passed == buffer.readableBytes {
            context.fireChannelRead(wrapInboundOut(buffer))
        } else {
            if verdict.passed > 0, let slice = buffer.readSlice(length: verdict.passed) { context.fireChannelRead(wrapInboundOut(slice)) }
            pending = buffer
        }
        if let failure = verdict.failure { end(context, failure) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent, !isOver, pending != nil || !scanner.isBetweenMessages {
            end(context, .cutOff)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func end(_ context: ChannelHandlerContext, _ failure: AppError) {
        isOver = true
        pending = nil
        context.fireErrorCaught(failure)
    }
}
