import Kernel
import NIOCore
import Wire

/// Calls that the host makes by itself, of routes with the access `system`, which nobody else can call. Service loops make them.
struct SystemCalls: Sendable {
    let gateway: Gateway
    let loops: Loops

    /// What a route answered.
    struct Answer: Sendable, Hashable {
        let status: Int
        let body: [UInt8]
    }

    /// Calls `POST path` of a handler: for a tenant without any user, or for no tenant. `body` is JSON of at most 512 KB, or nothing.
    ///
    /// It waits for a process as every call does, and has the handler's timeout; what it uses is metered. Throws what the handler threw,
    /// `NOT_FOUND` where no such route is served, `CANCELLED` where the calling task is cancelled while it waits for a process.
    func run(handler: String, path: String, tenant: TenantID? = nil, body: [UInt8] = []) async throws(AppError) -> Answer {
        let executor = loops.home
        return try await executor.run { () async throws(AppError) in
            try await gateway.call(handler: handler, path: path, tenant: tenant, body: body, on: executor)
        }
    }
}

extension Gateway {
    fileprivate func call(
        handler name: String, path: String, tenant: TenantID?, body: [UInt8], on executor: LoopExecutor
    ) async throws(AppError) -> SystemCalls.Answer {
        let shape = RouteTable.shape(of: "POST", path)
        guard let handler = handlers.first(where: { $0.name == name }),
            let place = handler.routes.firstIndex(where: { $0.rule == .system && $0.shape == shape })
        else { throw AppError(.notFound, detail: "no handler \(name) serves POST \(path) for the host") }
        let deadline = Deadline.after(handler.timeout, from: time.instant())
        let keys = try await dataKeys(of: tenant, for: handler)
        let process = try await handler.pool.lease(for: tenant, deadline: deadline) { _ in }
        let invocation: Invocation
        do throws(AppError) {
            invocation = try systemInvocation(UInt16(place), name, tenant, body, deadline, keys, on: executor)
        } catch {
            handler.pool.giveBack(process)
            throw error
        }
        let link = ExchangeLink(process.wire, from: executor)
        let first = await link.open(invocation, gone: { _ in })
        var used = Receipt.none
        let answer: (status: UInt16, body: [UInt8])
        do throws(AppError) {
            answer = try await collect(first, link, &used)
        } catch {
            meter(error.code.status, 0)
            throw error
        }
        meter(Int(answer.status), answer.body.count)
        return SystemCalls.Answer(status: Int(answer.status), body: answer.body)

        func meter(_ status: Int, _ bytes: Int) {
            let seen = Usage(requestBytes: body.count, answerBytes: bytes, failed: status >= ErrorCode.cancelled.status, isJob: true)
            usage.add(seen, tenant: tenant, handler: name, at: time.now())
        }
    }

    private func systemInvocation(
        _ place: UInt16, _ handler: String, _ tenant: TenantID?, _ body: [UInt8], _ deadline: Deadline, _ keys: [DataKey],
        on executor: LoopExecutor
    ) throws(AppError) -> Invocation {
        guard body.count <= NestedCall.maximumBody else { throw AppError(.tooLarge, detail: "a call of the host with \(body.count) bytes") }
        let id = UUID.v7(at: time.now(), using: &executor.random)
        let headers = body.isEmpty ? [] : [HeaderField(name: "content-type", value: "application/json")]
        return try invocation(
            .route(place), handler, .system(tenant), InvocationID(id), id.description, deadline, headers: headers,
            body: GatheredBody(ByteBuffer(bytes: body)), keys: keys)
    }
}
