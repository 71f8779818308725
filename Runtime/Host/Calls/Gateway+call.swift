import Kernel
import Logging
import Manifest
import NIOCore
import Wire

extension Gateway {
    /// Runs a call that a handler makes of another one, and brings the caller the answer.
    func answer(_ running: RunningCall) async {
        await running.executor.run {
            var used = Receipt.none
            do throws(AppError) {
                let (status, body) = try await run(running, &used)
                running.finish(status: status, body, used)
            } catch {
                log(error, of: running)
                running.finish(status: UInt16(error.code.status), ErrorBody.json(error, requestID: running.origin.requestID), used)
            }
        }
    }

    /// Depth, permission and access come first; then the call runs as a client's would, past the gate: its client was let in already.
    private func run(_ running: RunningCall, _ used: inout Receipt) async throws(AppError) -> (status: UInt16, body: [UInt8]) {
        let (call, origin) = (running.call, running.origin)
        if call.method == NestedCall.keysMethod { return (200, try await namedKeys(call, origin)) }
        let depth = try origin.nextDepth()
        let target = try RequestTarget(call.query.isEmpty ? call.path : "\(call.path)?\(call.query)", limit: settings.limits.target)
        let serving = fleet.serving
        guard case .found(.handler(let index, let place), let parameters) = serving.table.match(call.method, target.segments),
            let asking = serving.handlers.first(where: { $0.name == origin.handler }),
            asking.mayCall(call.method, serving.handlers[index].routes[place])
        else {
            throw AppError(
                .forbidden, "A handler may not call this",
                detail: "\(call.method) \(call.path) does not stand in the `calls` of the handler \(origin.handler)")
        }
        let handler = serving.handlers[index]
        let route = handler.routes[place]
        let caller = try await self.caller(of: origin, for: route, parameters, running.executor)
        let tenant = caller.tenant
        guard call.body.count <= (route.body == .none ? 0 : min(route.bodyLimit, NestedCall.maximumBody)) else {
            throw AppError(.tooLarge, detail: "\(call.method) \(call.path) is called with a body of \(call.body.count) bytes")
        }
        let deadline = min(origin.deadline, .after(handler.timeout, from: time.instant()))
        let body = GatheredBody(ByteBuffer(bytes: call.body))
        let suspect = try await suspicion(handler, place, tenant, parameters, target.query, body)
        let keys = try await dataKeys(of: tenant, for: handler)
        let process = try await handler.pool.lease(
            for: tenant, alone: suspect != nil, deadline: deadline, depth: Int(depth)
        ) { running.onStop($0) }
        var invocation: Invocation
        do throws(AppError) {
            guard !running.isStopped else { throw AppError(.cancelled) }
            let id = UUID.v7(at: time.now(), using: &running.executor.random)
            let headers = call.body.isEmpty ? [] : [HeaderField(name: "content-type", value: "application/json")]
            invocation = try self.invocation(
                .route(UInt16(place)), handler.name, caller, InvocationID(id), origin.requestID, deadline, parameters, target.query,
                headers: headers, body: body, address: origin.address, keys: keys)
        } catch {
            handler.pool.giveBack(process)
            throw error
        }
        invocation.head.depth = depth
        invocation.head.idempotency = origin.idempotency(of: call)
        let link = ExchangeLink(process.wire, from: running.executor)
        let first = await link.open(invocation, gone: { running.onStop($0) })
        func meter(_ status: Int, _ bytes: Int) {
            let seen = Usage(requestBytes: call.body.count, answerBytes: bytes, failed: status >= ErrorCode.cancelled.status)
            usage.add(seen, tenant: caller.metered, handler: handler.name, at: time.now())
            if let tenant, handler.routes[place].writes { written.note(tenant) }
        }
        do throws(AppError) {
            let answer = try await collect(first, link, &used)
            if let suspect { handler.docket.clear(suspect) }
            meter(Int(answer.status), answer.body.count)
            return answer
        } catch {
            if !process.channel.isActive {
                let facts = CallFacts(requestID: origin.requestID, executor: running.executor)
                await blame(Run(process: process, link: link, suspect: suspect), invocation, handler, facts)
            } else if let suspect, error.code != .cancelled, error.code != .deadlineExceeded {
                handler.docket.clear(suspect)
            }
            meter(error.code.status, 0)
            throw error
        }
    }

    /// The data keys of the tenant that a call names, for handlers that begin before a tenant is known.
    private func namedKeys(_ call: NestedCall, _ origin: CallOrigin) async throws(AppError) -> [UInt8] {
        guard call.path.hasPrefix(NestedCall.keysPath), let tenant = TenantID(String(call.path.dropFirst(NestedCall.keysPath.count))),
            handlers.first(where: { $0.name == origin.handler })?.encryption == .any
        else { throw AppError(.forbidden, "A handler may not call this", detail: "the manifest of \(origin.handler) does not say `encryption: any`") }
        return try JSON.encode(NamedDataKeys(try await dataKeys.keys(of: tenant, for: origin.handler)))
    }

    /// Who calls, as long as they still may, under the rule of the route. A tenant's job has no user: it calls in the tenant's own name what the manifest
    /// of its handler names, except what operators alone may.
    private func caller(
        of origin: CallOrigin, for route: ServedHandler.Route, _ parameters: [String], _ executor: LoopExecutor
    ) async throws(AppError) -> Caller {
        if case .webhook = route.rule { throw AppError(.notFound, "Nothing is at this address") }
        guard route.rule.asksWho else { return .anonymous }
        if let tenant = origin.jobOf, !route.rule.isForOperators { return .system(tenant) }
        guard let principal = origin.principal else { throw AppError(.unauthenticated) }
        try await directory.confirm(principal, at: time.now())
        try route.rule.check(principal)
        try principal.standing.check(route.quota, at: time.now())
        return Caller(route.rule.isForOperators ? principal.acting(on: try await target(of: route, parameters, executor)) : principal)
    }

    /// Gathers an answer, also one that comes as a stream.
    func collect(_ first: Exchange.Event, _ link: ExchangeLink, _ used: inout Receipt) async throws(AppError) -> (
        status: UInt16, body: [UInt8]
    ) {
        guard case .answer(let head) = first else { throw Self.unusable(first, link, &used) }
        var body = head.body
        var receipt = head.receipt
        while receipt == nil, body.count <= NestedCall.maximumBody {
            let event = await link.next()
            switch event {
            case .chunk(let bytes): body += bytes
            case .end(let end): receipt = end
            default: throw Self.unusable(event, link, &used)
            }
        }
        used = receipt ?? .none
        guard body.count <= NestedCall.maximumBody else {
            link.cancel(.clientGone)
            throw AppError(.tooLarge, "The answer is longer than the \(NestedCall.maximumBody) bytes that a handler may be answered")
        }
        return (head.status, body)
    }

    private static func unusable(_ event: Exchange.Event, _ link: ExchangeLink, _ used: inout Receipt) -> AppError {
        switch event {
        case .failed(let error, let receipt):
            used = receipt
            return error
        case .lost(let receipt):
            used = receipt
            return AppError(.handlerFailed)
        case .subscribe: return AppError(.badRequest, "This route answers with a subscription, which only a client can hold")
        default:
            link.cancel(.clientGone)
            return AppError(.handlerFailed, detail: "a process answered a call with a frame that does not belong there")
        }
    }

    private func log(_ error: AppError, of running: RunningCall) {
        guard let detail = error.detail else { return }
        logger.log(
            level: error.code.status >= 500 ? .error : .notice, "a call between handlers failed",
            metadata: .keys([
                .requestID: "\(running.origin.requestID)", .handler: "\(running.origin.handler)", .error: "\(error.code): \(detail)",
            ]))
    }
}
