import Addresses
import Kernel

/// What may be kept, for how long, and when it is asked for again (RFC 9111, for a cache whose partition is chosen by the caller). Pure.
enum CacheRule {
    /// The longest lifetime that an answer's own headers are believed for.
    static let longest: Duration = .seconds(366 * 86_400)
    /// Of the age of what was changed long ago, that part counts as a lifetime where the answer names none (section 4.2.2), up to a day.
    static let heuristic = 0.1
    static let longestHeuristic: Duration = .seconds(86_400)

    /// Under what an answer is kept; nil: it is not. Only answers to GET without a body are.
    static func key(of fetch: Fetch) -> CacheKey? {
        let request = fetch.request
        guard request.method == "GET", request.body == nil else { return nil }
        let partition: String
        switch fetch.cache {
        case .never: return nil
        case .everybody:
            let secret: Set = ["authorization", "cookie", "proxy-authorization", "x-api-key"]
            guard request.signing == nil, !request.headers.contains(where: { secret.contains($0.name.lowercased()) }) else { return nil }
            partition = ""
        case .within(let name): partition = "=" + name
        }
        // All headers choose, but those that a retry or a revalidation adds.
        let variant = request.headers.map { "\($0.name.lowercased()): \($0.value)" }.sorted().joined(separator: "\n")
        return CacheKey(partition: partition, url: request.url.text, variant: variant)
    }

    static func isFresh(_ response: StoredResponse, at now: Timestamp) -> Bool {
        // A clock that was set back keeps nothing fresh for ever.
        now < response.freshUntil && now >= response.storedAt - .seconds(300)
    }

    static func addValidators(of response: StoredResponse, to request: inout HTTPRequest) {
        if let tag = response.header("etag") { request.headers.append(("if-none-match", tag)) }
        if let date = response.header("last-modified") { request.headers.append(("if-modified-since", date)) }
    }

    /// An answer as it is kept; nil: it is not.
    static func kept(_ answer: HTTPAnswer, at now: Timestamp, lifetime: Duration?) -> StoredResponse? {
        guard answer.status == 200 || answer.status == 203, CacheControl(answer)["no-store"] == nil || lifetime != nil else { return nil }
        let fresh = lifetime ?? Self.lifetime(of: answer, at: now)
        let hasValidator = answer.header("etag") != nil || answer.header("last-modified") != nil
        guard fresh > .zero || hasValidator else { return nil }
        return StoredResponse(
            status: answer.status, headers: answer.headers.map { StoredResponse.Header(name: $0.name, value: $0.value) }.filter { isKept($0.name) },
            body: answer.body, url: answer.url.text, storedAt: now, freshUntil: now + fresh)
    }

    /// A kept answer after a 304 (section 4.3.4).
    static func renewed(_ response: StoredResponse, by answer: HTTPAnswer, at now: Timestamp, lifetime: Duration?) -> StoredResponse {
        var next = response
        for (name, value) in answer.headers where isKept(name) && !["content-type", "content-encoding", "content-length"].contains(name) {
            next.headers.removeAll { $0.name == name }
            next.headers.append(StoredResponse.Header(name: name, value: value))
        }
        let head = HTTPAnswer(status: 200, headers: next.headers.map { ($0.name, $0.value) }, body: [], url: answer.url)
        next.storedAt = now
        next.freshUntil = now + (lifetime ?? self.lifetime(of: head, at: now))
        return next
    }

    private static func isKept(_ name: String) -> Bool {
        !["connection", "keep-alive", "transfer-encoding", "set-cookie", "proxy-authenticate", "trailer", "upgrade"].contains(name)
    }

    /// Sections 4.2.1 to 4.2.3: how long an answer that came now is fresh.
    static func lifetime(of answer: HTTPAnswer, at now: Timestamp) -> Duration {
        let control = CacheControl(answer)
        guard control["no-cache"] == nil, control["no-store"] == nil, answer.header("vary") != "*" else { return .zero }
        let age = answer.header("age").flatMap { Int64($0) }.map { Duration.seconds(max(0, min($0, 1 << 31))) } ?? .zero
        let date = answer.header("date").flatMap { HTTPDate.read($0) } ?? now
        let whole: Duration
        if let text = control["max-age"] {
            guard let seconds = Int64(text), seconds >= 0 else { return .zero }
            whole = .seconds(min(seconds, 1 << 31))
        } else if let expires = answer.header("expires") {
            whole = HTTPDate.read(expires).map { $0 - date } ?? .zero
        } else if let changed = answer.header("last-modified").flatMap({ HTTPDate.read($0) }) {
            whole = min(longestHeuristic, (date - changed) * heuristic)
        } else {
            return .zero
        }
        return max(.zero, min(longest, whole - age))
    }
}

/// The directives of `Cache-Control` (RFC 9111 section 5.2), names in lower case, values without quotes.
struct CacheControl {
    private var values: [String: String] = [:]

    init(_ answer: HTTPAnswer) {
        for (_, value) in answer.headers.filter({ $0.name == "cache-control" }) {
            for part in value.split(separator: ",") {
                let pair = part.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " && $0 != "\t" && $0 != "\"" } }
                guard let name = pair.first?.lowercased(), !name.isEmpty else { continue }
                // The first one counts (section 4.2.1 lets a cache choose; the stricter of two would need both).
                if values[name] == nil { values[name] = pair.count > 1 ? pair[1] : "" }
            }
        }
    }

    subscript(_ name: String) -> String? { values[name] }
}

extension StoredResponse {
    /// The answer again. Nil where the URL that was kept is none.
    var answer: HTTPAnswer? {
        guard let address = try? WebAddress(url) else { return nil }
        return HTTPAnswer(status: status, headers: headers.map { ($0.name, $0.value) }, body: body, url: address)
    }
}
