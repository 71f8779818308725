import Kernel
import Manifest
import NIOCore
import Tokens
import Wire

extension Gateway {
    /// Serves a request by a handler's route.
    func invoke(
        _ handler: ServedHandler, _ place: Int, _ parameters: [String], _ query: String, _ head: RequestHead, _ call: inout Call
    ) async throws(AppError) {
        let route = handler.routes[place]
        call.handler = handler.name
        call.route = route.path
        var principal: Principal?
        if route.rule.asksWho {
            let admitted = try await admit(head, route, parameters, &call)
            principal = admitted
            call.tenant = admitted.target
            call.isOperator = admitted.isOperator
            call.user = admitted.user
            try count(admitted, &call)
            try admitted.standing.check(route.quota, at: time.now())
        }
        var party = principal?.target
        if case .webhook(let resolver) = route.rule {
            party = try await webhookTenant(resolver, parameters)
            call.tenant = party
        }
        let gathering = time.instant()
        let body = try await gather(head, route, party, call)
        call.outlivesClient = body.isPart
        if head.hasBody { call.timing.body = gathering.duration(to: time.instant()) }
        if case .file = body.source, let principal {
            // A long upload: much may have changed since it began.
            try await directory.confirm(principal, at: time.now())
        }
        let suspect = try await suspicion(handler, place, party, parameters, query, body)
        let caller = principal == nil ? party.map { Caller.webhook($0) } ?? .anonymous : Caller(principal)
        let idempotency = try await idempotency(head, route, parameters, query, body, principal)
        let keys = try await dataKeys(of: party, for: handler)
        let deadline = Deadline.after(handler.timeout, from: time.instant())
        let connection = call.connection
        let asked = time.instant()
        let permit = try await turn(at: handler, place, principal, deadline, call)
        let process: HandlerProcess
        do throws(AppError) {
            let outlives = call.outlivesClient
            process = try await handler.pool.lease(for: party, alone: suspect != nil, deadline: deadline) { stop in
                if !outlives { connection.onGone = stop }
            }
        } catch {
            permit.leave()
            throw error
        }
        call.timing.queue = asked.duration(to: time.instant())
        var invocation: Invocation
        let signing = time.instant()
        do throws(AppError) {
            invocation = try self.invocation(
                .route(UInt16(place)), handler.name, caller, InvocationID(call.id), call.requestID, deadline, parameters, query,
                headers: head.fields(withCookies: handler.makesCookies, withSignIns: handler.sendsToProviders), body: body, idempotency,
                address: address(call), keys: keys)
        } catch {
            permit.leave()
            handler.pool.giveBack(process)
            throw error
        }
        invocation.permit = permit
        call.timing.context = signing.duration(to: time.instant())
        call.isInvoked = true
        call.requestBytes = body.count
        // What changes nothing, or changes it once under its key, may run again.
        invocation.mayMove = !route.writes || invocation.head.idempotency != nil
        invocation.hearsSilence = true
        invocation.changesRights = route.changesRights
        invocation.suspect = suspect
        try await exchange(invocation, with: process, handler, principal, head, &call)
    }

    /// Whose a webhook's path is. Paths that nobody opened, and those of tenants that are not served, are not there.
    private func webhookTenant(_ resolver: String, _ parameters: [String]) async throws(AppError) -> TenantID {
        guard let id = parameters.first.flatMap({ UUID($0) }), let tenant = try await directory.webhookTenant(resolver, id) else {
            throw AppError(.notFound, "Nothing is at this address")
        }
        return tenant
    }

    /// What is sent to a process for one call.
    struct Invocation: Sendable {
        var head: InvocationHead
        var grant: ContextGrant
        var deadline: Deadline
        var renewAt: ContinuousClock.Instant
        var body: GatheredBody
        /// Given back when the process is done with it.
        var permit: FairPermit?
        /// Told once what the process used for it.
        var settled: @Sendable (Receipt) -> Void
        /// Whether it may run in a second process when the first is lost or does not answer.
        var mayMove = false
        /// Whether its answer may come with other rights in the tenant.
        var changesRights = false
        /// Whether who waits is told while the process does not answer.
        var hearsSilence = false
        /// Its fingerprint, where it runs alone because a process looped or died with it in flight.
        var suspect: Fingerprint?
    }

    /// Signs the context and puts the call together.
    func invocation(
        _ target: InvocationHead.Target, _ handler: String, _ caller: Caller, _ id: InvocationID, _ requestID: String, _ deadline: Deadline,
        _ parameters: [String] = [], _ query: String = "", headers: [HeaderField] = [], body: GatheredBody = .empty,
        _ idempotency: Idempotency? = nil, address: String = "", keys: [DataKey] = [], attempt: Int = 0
    ) throws(AppError) -> Invocation {
        let now = time.instant()
        let remaining = deadline.remaining(at: now)
        let principal = caller.principal
        let tenant = caller.tenant
        let metered = caller.metered
        let context = try SignedContext(
            kind: caller.kind, tenant: tenant, user: principal?.user, role: principal?.rights.role, handler: handler, attempt: attempt,
            expiry: contexts.expiry(remaining: remaining), invocation: id)
        let head = InvocationHead(
            target: target, scope: caller.scope, invocation: id, requestID: requestID,
            tenant: tenant ?? TenantID(.zero), user: principal?.user ?? UserID(.zero),
            role: principal?.rights.role.rawValue ?? "", scopes: principal?.scopeTexts ?? [], session: principal?.session ?? .zero,
            apiKey: principal?.apiKey ?? .zero, address: address,
            context: try contexts.sign(context), remainingMicroseconds: UInt64(max(0, remaining.microseconds)), idempotency: idempotency,
            parameters: parameters, query: query,
            headers: headers, body: body.first, following: UInt64(body.following), dataKeys: keys)
        let renewAt = remaining > ContextMinter.longestLife ? now.advanced(by: ContextMinter.longestLife / 2) : deadline.instant
        return Invocation(
            head: head, grant: ContextGrant(context: context, principal: principal), deadline: deadline, renewAt: renewAt, body: body
        ) { [usage, time] receipt in
            usage.add(Usage(receipt), tenant: metered, handler: handler, at: time.now())
        }
    }

    /// The data keys that a handler is given for a tenant; none where its manifest asks for none. Asked before a process is.
    func dataKeys(of tenant: TenantID?, for handler: ServedHandler) async throws(AppError) -> [DataKey] {
        guard handler.encryption != .none, let tenant else { return [] }
        do throws(AppError) {
            return try await dataKeys.keys(of: tenant, for: handler.name)
        } catch {
            // A tenant that is to be made has none yet.
            if error.code == .notFound { return [] }
            throw error
        }
    }

    /// The text of a client's address; that of the connection's other end is written once.
    private func address(_ call: Call) -> String {
        call.client == call.connection.peer ? call.connection.peerText : call.client == .none ? "" : call.client.description
    }

    /// Lets a caller in, or throws why not.
    private func admit(
        _ head: RequestHead, _ route: ServedHandler.Route, _ parameters: [String], _ call: inout Call
    ) async throws(AppError) -> Principal {
        let began = time.instant()
        defer { call.timing.auth = began.duration(to: time.instant()) }
        if route.rule.isForOperators { return try await admitOperator(head, route, parameters, call) }
        let now = time.now()
        let principal: Principal
        let credential = try authenticator.credential(head.authorization, apiKey: head.apiKey, cookie: head.cookies.access, at: now)
        switch credential {
        case .token(let claims), .cookie(let claims):
            try cookies.check(claims, isCookie: credential == .cookie(claims), head, isSecure: call.isSecure)
            let membership: Membership?
            if let known = directory.known(claims.tenant, claims.user) {
                membership = known
            } else {
                membership = try await directory.membership(claims.tenant, claims.user)
            }
            principal = try Principal(claims, membership)
        case .key(let hash):
            guard let key = try await directory.key(hash) else { throw Principal.unknownKey }
            principal = try Principal(key, hash, try await directory.membership(key.tenant, key.maker), at: now)
            keyUses.note(key.id, at: now)
        }
        try route.rule.check(principal)
        return principal
    }
}
