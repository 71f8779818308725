import Addresses
import Connectors
import HandlerKit
import Outbound

/// Asks servers of the web for what connectors want: again where that may help, and not at all where a host fails and fails.
struct WebFetching: Sendable {
    private let fetcher: Fetcher

    init(_ rules: OutboundRules) throws(AppError) {
        let client = try HTTPClient(rules)
        fetcher = Fetcher(send: { try await client.send($0) })
    }

    /// How long one question may take, all tries of it.
    static let patience: Duration = .seconds(30)

    /// The answer, of status 2xx. Throws what a business user can be told. `circle`: whose failures leave a host alone; nil: everybody's.
    func fetch(
        _ request: PullRequest, circle: String?, within patience: Duration = Self.patience, at now: Timestamp
    ) async throws(PullFault) -> PulledAnswer {
        let address: WebAddress
        do throws(AppError) { address = try WebAddress(normalizing: request.url) } catch {
            throw PullFault(.settings, "The address \(request.url.prefix(100)) cannot be read: \(error.issues.first?.issue ?? error.message)")
        }
        var outgoing = HTTPRequest("GET", address, headers: request.headers.map { (name: $0.name, value: $0.value) })
        outgoing.limit = request.limit
        outgoing.timeout = patience
        var fetch = Fetch(outgoing)
        fetch.circle = circle
        fetch.patience = patience
        fetch.longestWait = min(fetch.longestWait, patience)
        do throws(FetchFault) {
            let answer = try await fetcher.fetch(fetch).answer
            let type = (answer.header("content-type") ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
            return PulledAnswer(body: answer.body, contentType: type, fetchedAt: now)
        } catch { throw PullFault(error) }
    }
}

extension PullFault {
    /// Credentials were sealed with a key that is gone.
    static let sealed = PullFault(.settings, "The credentials of this source cannot be opened any more. Give them again.")

    /// The kinds of faults have the same words here and there.
    init(_ fault: FetchFault) {
        let code: Code = fault.kind == .cancelled ? .interrupted : Code(rawValue: fault.kind.rawValue)
        self.init(code, fault.reason, retryAfter: fault.retryAfter)
    }
}
