import Kernel
import NIOCore
import Wire

extension Gateway {
    /// Sends a call to a process and its answer to the client.
    func exchange(
        _ invocation: Invocation, with process: HandlerProcess, _ handler: ServedHandler, _ principal: Principal?, _ head: RequestHead,
        _ call: inout Call
    ) async throws(AppError) {
        let connection = call.connection
        let link = ExchangeLink(process.wire, from: connection.executor)
        switch await link.open(invocation, gone: { connection.onGone = $0 }) {
        case .answer(let answer):
            guard AnswerWriter.isSound(answer.headers) else {
                link.cancel(.clientGone)
                throw AppError(.handlerFailed, detail: "an answer's header holds a character that is not allowed there")
            }
            if let receipt = answer.receipt {
                call.timing.receipt = receipt
                self.answer(Int(answer.status), answer.headers, answer.body, &call)
            } else {
                await stream(answer, link, &call)
            }
        case .failed(let error, let receipt):
            if receipt != .none { call.timing.receipt = receipt }
            throw error
        case .subscribe(let subscription):
            call.timing.receipt = subscription.receipt
            guard let principal else { throw AppError(.handlerFailed, detail: "a feed needs a caller who is signed in") }
            try await listen(subscription, handler, principal, head, &call)
        case .chunk, .end, .page:
            link.cancel(.clientGone)
            throw AppError(.handlerFailed, detail: "a process began its answer with a frame that belongs to the middle")
        }
    }

    /// Passes a stream on as fast as the client takes it.
    private func stream(_ answer: AnswerHead, _ link: ExchangeLink, _ call: inout Call) async {
        let connection = call.connection
        let length = answer.headers.first { $0.name == "content-length" }.flatMap { Int($0.value) }
        let framing: AnswerWriter.Framing = length.map { .length($0) } ?? (call.isOld ? .close : .chunked)
        let keep = begin(Int(answer.status), answer.headers, framing, &call)
        put(answer.body, &call)
        connection.flush()
        while true {
            switch await link.next() {
            case .chunk(let bytes):
                put(bytes, &call)
                connection.flush()
                guard await connection.writable() else {
                    link.cancel(.clientGone)
                    log(ErrorCode.cancelled.status, call)
                    connection.close()
                    return
                }
            case .end(let receipt):
                call.timing.receipt = receipt
                connection.finish(keep: keep)
                log(Int(answer.status), call)
                return
            default:
                // The status is out already; a connection that ends too early is all that can still be said.
                link.cancel(.clientGone)
                log(ErrorCode.handlerFailed.status, call)
                connection.close()
                return
            }
        }
    }
}
