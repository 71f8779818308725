public import Addresses
import CCurl
public import Kernel
import Reactor

/// HTTP and HTTPS to hosts that users of the installation name.
///
/// A name is looked up once; all its addresses must be allowed, and only they are connected to. Certificates are checked, proxies are not used,
/// redirects are not followed unless asked for. Transfers run on a few threads of their own and block no loop; a transfer is stopped when its task
/// is cancelled, though a look-up that runs is not.
public final class HTTPClient: Sendable {
    private let rules: OutboundRules
    private let addresses: AddressGuard
    private let pool: BlockingPool
    private let look: @Sendable (String) -> [InternetAddress]

    /// `threads` is how many transfers run at once; defaults to 4. Throws `VALIDATION_ERROR` where a range of the rules is none.
    public convenience init(_ rules: OutboundRules, threads: Int = 4) throws(AppError) {
        try self.init(rules, threads: threads, look: Resolver.addresses(of:))
    }

    /// With a resolver of the caller's, which may block.
    init(_ rules: OutboundRules, threads: Int = 4, look: @escaping @Sendable (String) -> [InternetAddress]) throws(AppError) {
        self.rules = rules
        addresses = try rules.guarding()
        pool = BlockingPool(threads: threads, name: "outbound")
        self.look = look
    }

    /// Sends a request. An answer of any status is an answer; what has none throws ``OutboundError``.
    public func send(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let end = ContinuousClock.now.advanced(by: request.timeout)
        var request = request
        var left = request.redirects
        while true {
            let answer = try await hop(request, until: end)
            guard left > 0, [301, 302, 303, 307, 308].contains(answer.status), let location = answer.header("location") else { return answer }
            left -= 1
            request = try Self.redirected(request, to: location, status: answer.status)
        }
    }

    /// The next hop. Nothing that belongs to the first host goes to another one.
    static func redirected(_ request: HTTPRequest, to location: String, status: Int) throws(OutboundError) -> HTTPRequest {
        var next = request
        do throws(AppError) {
            if location.hasPrefix("/"), !location.hasPrefix("//") {
                next.url = try WebAddress(request.url.origin + location)
            } else {
                next.url = try WebAddress(location)
            }
        } catch { throw .refused("a redirect to what is no plain URL") }
        guard next.url.scheme == .https || request.url.scheme == .http else { throw .refused("a redirect from https to http") }
        if next.url.origin != request.url.origin {
            next.signing = nil
            next.headers.removeAll { ["authorization", "cookie"].contains($0.name.lowercased()) }
        }
        if status == 303 || (status < 303 && request.method == "POST") { (next.method, next.body) = ("GET", nil) }
        return next
    }

    private func hop(_ request: HTTPRequest, until end: ContinuousClock.Instant) async throws -> HTTPAnswer {
        for (name, value) in request.headers where !(name + value).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) {
            throw OutboundError.refused("a header with control characters")
        }
        do throws(AppError) { try rules.check(request.url) } catch { throw OutboundError.refused(error.issues.first?.issue ?? error.message) }
        let cancelling = Cancelling()
        return try await withTaskCancellationHandler {
            try await pool.run { [self] in try transfer(request, until: end, cancelling) }
        } onCancel: {
            cancelling.cancel()
        }
    }

    /// Blocks.
    private func transfer(_ request: HTTPRequest, until end: ContinuousClock.Instant, _ cancelling: Cancelling) throws(OutboundError) -> HTTPAnswer {
        let found = request.url.address.map { [$0] } ?? look(request.url.host)
        guard !found.isEmpty else { throw .unreachable("the host has no address") }
        guard found.allSatisfy(addresses.allows) else { throw .refused("an address that this installation does not connect to") }
        let remaining = end - ContinuousClock.now
        guard remaining > .zero else { throw .timedOut }

        let state = TransferState(limit: request.limit, upload: request.body ?? []) { found.contains($0) }
        cancelling.attach(state)
        var handle = try CurlHandle(state)
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_URL, request.url.text)
        handle.set(CURLOPT_PATH_AS_IS, 1)
        handle.set(CURLOPT_HTTP09_ALLOWED, 0)
        handle.set(CURLOPT_TIMEOUT_MS, max(1, Int(remaining.milliseconds)))
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(min(remaining, .seconds(10)).milliseconds)))
        handle.set(CURLOPT_USERAGENT, "Tenantry")
        handle.set(CURLOPT_CUSTOMREQUEST, request.method)
        if let authorities = rules.authorities { handle.set(CURLOPT_CAINFO_BLOB, blob: Array(authorities.utf8)) }
        if request.url.address == nil {
            handle.set(CURLOPT_RESOLVE, ["\(request.url.host):\(request.url.port):\(found.map(\.description).joined(separator: ","))"])
        }
        if request.method == "HEAD" { handle.set(CURLOPT_NOBODY, 1) }
        if let body = request.body {
            handle.set(CURLOPT_UPLOAD, 1)
            handle.set(CURLOPT_INFILESIZE_LARGE, offset: body.count)
        }
        if let signing = request.signing {
            handle.set(CURLOPT_AWS_SIGV4, "aws:amz:\(signing.region):\(signing.service)")
            handle.set(CURLOPT_USERNAME, signing.accessKey)
            handle.set(CURLOPT_PASSWORD, signing.secretKey)
        }
        // An empty value after the colon takes the line out that libcurl would add.
        handle.set(CURLOPT_HTTPHEADER, request.headers.map { "\($0.name): \($0.value)" } + ["Expect:"])
        try handle.perform()
        return HTTPAnswer(status: handle.number(CURLINFO_RESPONSE_CODE), lines: state.lines, body: state.body, url: request.url)
    }
}
