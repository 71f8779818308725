import Kernel
import NIOCore
import Wire

extension Gateway {
    /// Reads the whole body before the handler hears of the call: no transaction, no slot and no context waits for a client.
    func gather(_ head: RequestHead, _ route: ServedHandler.Route, _ tenant: TenantID?, _ call: Call) async throws(AppError) -> GatheredBody {
        guard head.hasBody else { return .empty }
        let limit = bodyLimit(of: route)
        try checkLength(head, limit: limit)
        if head.expectsContinue, !call.connection.requestArrived {
            call.connection.sendContinue()
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
                guard count <= limit else { throw Self.tooLarge(limit) }
                if route.body == .none { continue }
                if spool == nil, count > settings.limits.memoryBody {
                    spool = scratch.begin(tenant ?? TenantID(.zero))
                    try await spool?.append(memory)
                }
                if spool == nil { memory.writeImmutableBuffer(bytes) } else { try await spool?.append(bytes) }
            case .end:
                return try await gathered(memory, &spool, count)
            case .failure(let error):
                guard route.evenInPart, count > 0, error.isCutOff else { throw error }
                return try await gathered(memory, &spool, count, isPart: true)
            case .closed:
                guard route.evenInPart, count > 0 else { throw AppError(.cancelled) }
                return try await gathered(memory, &spool, count, isPart: true)
            case .head: throw AppError(.cancelled)
            }
        }
    }

    private func gathered(_ memory: ByteBuffer, _ spool: inout SpoolWriter?, _ count: Int, isPart: Bool = false) async throws(AppError)
        -> GatheredBody
    {
        var body: GatheredBody
        if let file = try await spool?.finish() { body = GatheredBody(file, scratch, count: count) } else { body = GatheredBody(memory) }
        body.isPart = isPart
        return body
    }

    /// Throws `PAYLOAD_TOO_LARGE` where the head says so: before it is asked who sends it.
    func checkLength(_ head: RequestHead, limit: Int) throws(AppError) {
        if let length = head.contentLength, length > limit { throw Self.tooLarge(limit) }
    }

    /// A route that takes no body may still be sent one, which is dropped.
    func bodyLimit(of route: ServedHandler.Route) -> Int { route.body == .none ? settings.limits.memoryBody : route.bodyLimit }

    private static func tooLarge(_ limit: Int) -> AppError { AppError(.tooLarge, "The body is larger than the \(limit) bytes allowed here") }

    /// Reads the body of a request that nobody wants, so that a fault in it is found and the connection can be kept. A large one, or one that the
    /// client holds back until it is asked for, is left: the connection ends behind the answer.
    func drain(_ head: RequestHead, _ call: Call) async throws(AppError) {
        let connection = call.connection
        guard head.hasBody, !connection.requestRead else { return }
        let limit = settings.limits.memoryBody
        if head.contentLength ?? 0 > limit || head.expectsContinue && !connection.requestArrived { return }
        var count = 0
        while true {
            switch await connection.next() {
            case .body(let bytes):
                count += bytes.readableBytes
                if count > limit { return }
            case .end: return
            case .failure(let error): throw error
            case .closed, .head: throw AppError(.cancelled)
            }
        }
    }
}
