import Kernel
import NIOCore
import Wire

extension Gateway {
    /// The most events of one page.
    static let pageLimit: UInt16 = 200

    /// Keeps a client and passes on what its channel brings. It holds no slot of the handler and has no deadline.
    func listen(
        _ subscription: Subscription, _ handler: ServedHandler, _ principal: Principal, _ head: RequestHead, _ call: inout Call
    ) async throws(AppError) {
        guard let feed = handler.description.feeds.first(where: { $0.channel == subscription.channel }) else {
            throw AppError(.handlerFailed, detail: "the feed \(subscription.channel) is not in the handler's description")
        }
        try AccessRule.bearer(feed.scope.isEmpty ? nil : AccessRule.scope(feed.scope)).check(principal)
        let channel = Feeds.Channel(tenant: principal.tenant, handler: handler.name, name: subscription.channel)
        let listener = try feeds.add(channel, principal, from: head.lastEventID ?? subscription.from)
        defer { feeds.remove(listener, from: channel) }
        let connection = call.connection
        connection.onGone = { listener.end() }
        begin(200, EventStream.headers, call.isOld ? .close : .chunked, &call)
        if call.isHead {
            connection.finish(keep: false)
            return
        }
        put(EventStream.opening, &call)
        connection.flush()
        while true {
            switch await listener.next() {
            case .bytes(let bytes): put(bytes, &call)
            case .heartbeat: put(EventStream.heartbeat, &call)
            case .end:
                if connection.isGone { connection.close() } else { connection.finish(keep: false) }
                log(200, call)
                return
            }
            connection.flush()
            if await !connection.writable() { listener.end() }
        }
    }

    /// Reads a page of a feed: an ordinary invocation in the name of one of its listeners.
    func readPage(_ channel: Feeds.Channel, _ principal: Principal, behind cursor: String?, on executor: LoopExecutor) async throws(AppError)
        -> FeedPage
    {
        guard let handler = handlers.first(where: { $0.name == channel.handler }) else { throw AppError(.notFound) }
        let id = UUID.v7(at: time.now(), using: &executor.random)
        let deadline = Deadline.after(min(handler.timeout, .seconds(10)), from: time.instant())
        let keys = try await dataKeys(of: principal.tenant, for: handler)
        let process = try await handler.pool.lease(for: principal.tenant, deadline: deadline) { _ in }
        let invocation: Invocation
        do throws(AppError) {
            invocation = try self.invocation(
                .page(channel: channel.name, from: cursor, limit: Self.pageLimit), handler.name, .member(principal), InvocationID(id), id.description,
                deadline, keys: keys)
        } catch {
            handler.pool.giveBack(process)
            throw error
        }
        let link = ExchangeLink(process.wire, from: executor)
        let event = await link.open(invocation, gone: { _ in })
        var failed = true
        if case .page = event { failed = false }
        usage.add(Usage(requestBytes: 0, answerBytes: 0, failed: failed), tenant: channel.tenant, handler: handler.name, at: time.now())
        switch event {
        case .page(let page): return page
        case .failed(let error, _): throw error
        case .lost: throw AppError(.handlerFailed, retryable: true)
        default:
            link.cancel(.clientGone)
            throw AppError(.handlerFailed, detail: "a process answered the request for a page with something else")
        }
    }
}
