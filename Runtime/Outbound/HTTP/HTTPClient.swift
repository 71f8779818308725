public import Addresses
import CCurl
public import Kernel

/// HTTP and HTTPS to hosts that users of the installation name.
///
/// A name is looked up once; all its addresses must be allowed, and only they are connected to, directly or through the administrator's proxy.
/// Certificates are checked, redirects are not followed unless asked for, and each target is checked as the first. All transfers of a client run on
/// one thread of its own, which also keeps connections for the next one; a transfer is stopped when its task is cancelled.
public final class HTTPClient: Sendable {
    /// Names are given so long, connections so long.
    static let lookupLimit: Duration = .seconds(5)
    static let connectLimit: Duration = .seconds(10)
    /// Of several addresses of a host, so many are tried.
    static let addressLimit = 4

    private let rules: OutboundRules
    private let addresses: AddressGuard
    private let loop: TransferLoop
    private let lookups: Lookups

    /// `connections` is how many stand to one address at most; defaults to 64. Throws `VALIDATION_ERROR` where a range of the rules is none, or the proxy.
    public convenience init(_ rules: OutboundRules, connections: Int = 64) throws(AppError) {
        try self.init(rules, connections: connections, look: Resolver.addresses(of:))
    }

    /// With a resolver of the caller's, which may block.
    init(_ rules: OutboundRules, connections: Int = 64, look: @escaping @Sendable (String) -> [InternetAddress]) throws(AppError) {
        self.rules = rules
        addresses = try rules.guarding()
        if let proxy = rules.proxy { _ = try OutboundRules.proxy(proxy) }
        loop = TransferLoop(perHost: connections, total: 256)
        lookups = Lookups(look: look)
    }

    /// Sends a request. An answer of any status is an answer; what has none throws ``OutboundError``.
    public func send(_ request: HTTPRequest) async throws -> HTTPAnswer {
        try await following(request) { [self] request, end in
            let whole = try await exchange(request, until: end, isStreaming: false) { transfer, _ in await loop.run(transfer) }
            return (HTTPAnswer(request, whole.code, whole.lines, whole.body), ())
        }.answer
    }

    /// Sends a request and hands the answer over while it comes: `read` gets the head, whose body is empty, and the body. While nobody takes the
    /// body's parts the other end waits, so memory stays small however long it is; ``HTTPRequest/limit`` holds for all of it.
    ///
    /// The transfer ends with `read`. Throws ``OutboundError`` where there is no answer; a body that breaks off throws while it is read.
    public func stream<R: Sendable>(_ request: HTTPRequest, _ read: (HTTPAnswer, HTTPBody) async throws -> R) async throws -> R {
        let (answer, body) = try await following(request) { [self] request, end in
            var body: HTTPBody?
            let lines = try await exchange(request, until: end, isStreaming: true) { transfer, channel in
                body = HTTPBody(channel, transfer, loop)
                return await head(transfer, channel)
            }.lines
            guard let body else { throw OutboundError.cancelled }
            return (HTTPAnswer(request, HTTPAnswer.status(of: lines) ?? 0, lines, []), body)
        }
        return try await withTaskCancellationHandler {
            defer { body.stop() }
            return try await read(answer, body)
        } onCancel: {
            body.stop()
        }
    }

    /// The head of an answer, as an end that is none yet.
    private func head(_ transfer: Transfer, _ channel: BodyChannel) async -> TransferEnd {
        await withTaskCancellationHandler {
            loop.start(transfer)
            switch await channel.head.value() {
            case .success(let lines): return TransferEnd(error: nil, code: 0, lines: lines, body: [], isConnected: true)
            case .failure: return await transfer.end.value()
            }
        } onCancel: {
            loop.cancel(transfer)
        }
    }

    /// Follows redirects, as many as the request wants.
    private func following<Rest>(
        _ request: HTTPRequest, _ hop: (HTTPRequest, ContinuousClock.Instant) async throws -> (answer: HTTPAnswer, rest: Rest)
    ) async throws -> (answer: HTTPAnswer, rest: Rest) {
        let end = ContinuousClock.now.advanced(by: request.timeout)
        var request = request
        var left = request.redirects
        while true {
            let found = try await hop(request, end)
            guard left > 0, [301, 302, 303, 307, 308].contains(found.answer.status), let location = found.answer.header("location") else {
                return found
            }
            (found.rest as? HTTPBody)?.stop()
            left -= 1
            request = try Self.redirected(request, to: location, status: found.answer.status)
        }
    }

    /// The next hop. Nothing that belongs to the first host goes to another one.
    static func redirected(_ request: HTTPRequest, to location: String, status: Int) throws(OutboundError) -> HTTPRequest {
        var next = request
        do throws(AppError) { next.url = try request.url.resolving(location) } catch { throw .refused("a redirect to what is no plain URL") }
        guard next.url.scheme == .https || request.url.scheme == .http else { throw .refused("a redirect from https to http") }
        if next.url.origin != request.url.origin {
            next.signing = nil
            next.headers.removeAll { !HTTPRequest.isHarmless($0.name.lowercased()) }
        }
        if (status == 303 && request.method != "HEAD") || (status < 303 && request.method == "POST") {
            (next.method, next.body) = ("GET", nil)
            next.headers.removeAll { $0.name.lowercased().hasPrefix("content-") }
        }
        return next
    }

    /// One request to the first of the host's addresses that takes a connection. `run` is given a channel of its own each time.
    private func exchange(
        _ request: HTTPRequest, until end: ContinuousClock.Instant, isStreaming: Bool, _ run: (Transfer, BodyChannel) async -> TransferEnd
    ) async throws -> TransferEnd {
        let found = try await checked(request, until: end)
        for (index, address) in found.enumerated() {
            if Task.isCancelled { throw OutboundError.cancelled }
            let remaining = end - ContinuousClock.now
            guard remaining > .zero else { throw OutboundError.timedOut }
            let others = found.count - index - 1
            // The others are given a chance, too.
            let connect = min(remaining / (others + 1), Self.connectLimit)
            let channel = BodyChannel()
            let state = TransferState(
                limit: request.limit, upload: request.body ?? [], channel: isStreaming ? channel : nil,
                permitted: rules.proxy == nil ? { $0 == address } : nil)
            let handle = try prepared(request, state, address, remaining: remaining, connect: connect)
            let transfer = Transfer(
                handle, pace: request.pace, channel: isStreaming ? channel : nil, hasConnectLimit: connect < remaining)
            let whole = await run(transfer, channel)
            guard let error = whole.error else { return whole }
            if others > 0, !whole.isConnected, case .unreachable = error { continue }
            throw error
        }
        throw OutboundError.nameUnknown("the host has no address")
    }

    /// The addresses that may be connected to for a request, none of which is forbidden. Throws `refused` where one is.
    private func checked(_ request: HTTPRequest, until end: ContinuousClock.Instant) async throws(OutboundError) -> [InternetAddress] {
        guard HTTPRequest.isToken(request.method) else { throw .refused("a method that is none") }
        for (name, value) in request.headers {
            guard HTTPRequest.isToken(name), value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
                throw .refused("a header with control characters")
            }
        }
        do throws(AppError) { try rules.check(request.url) } catch { throw .refused(error.issues.first?.issue ?? error.message) }
        let found: [InternetAddress]
        if let literal = request.url.address {
            found = [literal]
        } else {
            found = try await lookups.addresses(of: request.url.host, within: max(.milliseconds(1), min(end - ContinuousClock.now, Self.lookupLimit)))
        }
        guard found.allSatisfy(addresses.allows) else { throw .refused("an address that this installation does not connect to") }
        return Array(found.prefix(Self.addressLimit))
    }

    private func prepared(
        _ request: HTTPRequest, _ state: TransferState, _ address: InternetAddress, remaining: Duration, connect: Duration
    ) throws(OutboundError) -> CurlHandle {
        var handle = try CurlHandle(state)
        handle.aim(request, at: address, remaining: remaining, connect: connect)
        if let authorities = rules.authorities { handle.set(CURLOPT_CAINFO_BLOB, blob: Array(authorities.utf8)) }
        if let proxy = rules.proxy { handle.use(proxy: proxy, authorities: rules.authorities) }
        if state.isStreaming { handle.useOwnConnection() }
        return handle
    }
}
