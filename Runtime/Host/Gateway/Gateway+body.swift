import Kernel
import NIOCore
import Wire

extension Gateway {
    /// Reads the whole body before the handler hears of the call: no transaction, no slot and no context waits for a client.
    func gather(_ head: RequestHead, _ route: ServedHandler.Route, _ tenant: TenantID?, _ call: Call) async throws(AppError) -> GatheredBody {
        guard head.hasBody else { return .empty }
        let limit = route.body == .none ? settings.limits.memoryBody : route.bodyLimit
        let tooLarge = AppError(.tooLarge, "The body is larger than the \(limit) bytes allowed here")
        if let length = head.contentLength, length > limit { throw tooLarge }
        if head.expectsContinue, !call.connection.requestArrived {
            call.connection.send(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
        }
        var memory = ByteBuffer()
        var spool: SpoolWriter?
        if let length = head.contentLength {
            if length > settings.limits.memoryBody { spool = scratch.begin(tenant ?? TenantID(.zero)) } else { memory.reserveCapacity(length) }
        }
        var count = 0
        while true {
            switch await call.connection.next() {
            case .body(let bytes):
                count += bytes.readableBytes
                guard count <= limit else { throw tooLarge }
                if route.body == .none { continue }
                if spool == nil, count > settings.limits.memoryBody {
                    spool = scratch.begin(tenant ?? TenantID(.zero))
                    try await spool?.append(memory)
                }
                if spool == nil { memory.writeImmutableBuffer(bytes) } else { try await spool?.append(bytes) }
            case .end:
                if let file = try await spool?.finish() { return GatheredBody(file, scratch, count: count) }
                return GatheredBody(memory)
            case .failure(let error): throw error
            case .closed, .head: throw AppError(.cancelled)
            }
        }
    }
}
