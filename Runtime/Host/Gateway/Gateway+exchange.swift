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
        var run = Run(process: process, link: ExchangeLink(process.wire, from: connection.executor), suspect: invocation.suspect)
        var event = await run.link.open(invocation, gone: { [outlives = call.outlivesClient] stop in if !outlives { connection.onGone = stop } })
        if run.suspect != nil || event.isTrouble { (run, event) = try await recover(event, invocation, run, handler, call) }
        let link = run.link
        switch event {
        case .answer(let answer):
            guard AnswerWriter.isSound(answer.headers) else {
                link.cancel(.clientGone)
                throw AppError(.handlerFailed, detail: "an answer's header holds a character that is not allowed there")
            }
            if invocation.changesRights, let principal { directory.changed(principal.tenant) }
            if let receipt = answer.receipt {
                call.timing.receipt = receipt
                self.answer(Int(answer.status), answer.headers, answer.body, &call)
            } else if answer.headers.contains(AnswerHead.spooled) {
                try await spool(answer, run, invocation, handler, &call)
            } else {
                await stream(answer, run, invocation, handler, &call)
            }
        case .failed(let error, let receipt):
            if receipt != .none { call.timing.receipt = receipt }
            throw error
        case .lost(let receipt):
            if receipt != .none { call.timing.receipt = receipt }
            throw AppError(.handlerFailed, retryable: invocation.mayMove)
        case .subscribe(let subscription):
            call.timing.receipt = subscription.receipt
            guard let principal else { throw AppError(.handlerFailed, detail: "a feed needs a caller who is signed in") }
            try await listen(subscription, handler, principal, head, &call)
        case .chunk, .end, .page, .silent:
            link.cancel(.clientGone)
            throw AppError(.handlerFailed, detail: "a process began its answer with a frame that belongs to the middle")
        }
    }

    /// Passes a stream on as fast as the client takes it.
    private func stream(
        _ answer: AnswerHead, _ run: Run, _ invocation: Invocation, _ handler: ServedHandler, _ call: inout Call
    ) async {
        let connection = call.connection
        let link = run.link
        let length = answer.headers.first { $0.name == "content-length" }.flatMap { Int($0.value) }
        let framing: AnswerWriter.Framing = length.map { .length($0) } ?? (call.isOld ? .close : .chunked)
        let keep = begin(Int(answer.status), answer.headers, framing, &call)
        put(answer.body, &call)
        connection.flush()
        while true {
            let event = await link.next()
            switch event {
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
                if let suspect = run.suspect { handler.docket.clear(suspect) }
                call.timing.receipt = receipt
                connection.finish(keep: keep)
                log(Int(answer.status), call)
                return
            default:
                if case .lost = event { await blame(run, invocation, handler, call.facts) }
                // The status is out already; a connection that ends too early is all that can still be said.
                link.cancel(.clientGone)
                log(ErrorCode.handlerFailed.status, call)
                connection.close()
                return
            }
        }
    }
}
