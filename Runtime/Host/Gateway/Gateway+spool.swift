import Kernel
import NIOCore
import Wire

extension Gateway {
    /// Bytes that are read from a file at once.
    private static let piece = 256 << 10

    /// Gathers a streamed answer in a file as fast as its process writes, and only then answers: what the process holds meanwhile, such as a transaction,
    /// never waits for a client. What goes wrong before the end is an error like any other, since nothing has left.
    func spool(
        _ answer: AnswerHead, _ run: Run, _ invocation: Invocation, _ handler: ServedHandler, _ call: inout Call
    ) async throws(AppError) {
        var writer = scratch.begin(call.tenant ?? TenantID(.zero))
        do throws(AppError) {
            try await writer.append(ByteBuffer(bytes: answer.body))
            call.timing.receipt = try await gather(run, invocation, handler, &writer, call)
        } catch {
            run.link.cancel(.clientGone)
            throw error
        }
        let file = try await writer.finish()
        let connection = call.connection
        let keep = begin(Int(answer.status), answer.headers, .length(writer.count), &call)
        var sent = 0
        while sent < writer.count, !call.isHead {
            do throws(AppError) {
                let bytes = try await scratch.read(file, count: min(Self.piece, writer.count - sent), at: sent)
                sent += bytes.count
                put(bytes, &call)
            } catch {
                // The status is out already; a connection that ends too early is all that can still be said.
                log(error.code.status, call)
                connection.close()
                return
            }
            connection.flush()
            guard await connection.writable() else {
                log(ErrorCode.cancelled.status, call)
                connection.close()
                return
            }
        }
        connection.finish(keep: keep)
        log(Int(answer.status), call)
    }

    /// Everything up to the stream's end.
    private func gather(
        _ run: Run, _ invocation: Invocation, _ handler: ServedHandler, _ writer: inout SpoolWriter, _ call: Call
    ) async throws(AppError) -> Receipt {
        while true {
            let event = await run.link.next()
            switch event {
            case .chunk(let bytes): try await writer.append(ByteBuffer(bytes: bytes))
            case .end(let receipt):
                if let suspect = run.suspect { handler.docket.clear(suspect) }
                return receipt
            case .failed(let error, _): throw error
            case .silent: continue
            case .lost:
                await blame(run, invocation, handler, call.facts)
                throw AppError(.handlerFailed, retryable: invocation.mayMove)
            case .answer, .subscribe, .page:
                throw AppError(.handlerFailed, detail: "a process sent a frame in the middle of an answer that does not belong there")
            }
        }
    }
}
