import Addresses
import Connectors
import HandlerKit
import Outbound

/// Asks servers of the web for what connectors want.
struct WebFetching: Sendable {
    private let client: HTTPClient

    init(_ rules: OutboundRules) throws(AppError) { client = try HTTPClient(rules) }

    /// How long one question may take.
    static let patience: Duration = .seconds(30)

    /// The answer, of status 2xx. Throws what a business user can be told.
    func fetch(_ request: PullRequest, within patience: Duration = Self.patience, at now: Timestamp) async throws(PullFault) -> PulledAnswer {
        let address: WebAddress
        do throws(AppError) { address = try WebAddress(request.url) } catch {
            throw PullFault(.settings, "The address \(request.url.prefix(100)) cannot be read: \(error.issues.first?.issue ?? error.message)")
        }
        var outgoing = HTTPRequest("GET", address, headers: request.headers.map { (name: $0.name, value: $0.value) })
        outgoing.limit = request.limit
        outgoing.timeout = patience
        outgoing.redirects = 5
        let answer: HTTPAnswer
        do {
            answer = try await client.send(outgoing)
        } catch let error as OutboundError {
            throw PullFault(error, address.host)
        } catch { throw PullFault(.interrupted, "It was stopped before an answer came.") }
        if let fault = PullFault(answer, at: now) { throw fault }
        let type = (answer.header("content-type") ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return PulledAnswer(body: answer.body, contentType: type, fetchedAt: now)
    }
}

extension PullFault {
    /// What a transfer without an answer means.
    init(_ error: OutboundError, _ host: String) {
        switch error {
        case .refused:
            self.init(
                .addressRefused,
                "\(host) is at an address inside a private network, which is not connected to. Use an address of the public internet.")
        case .timedOut: self.init(.timedOut, "\(host) did not answer in time. It will be tried again.")
        case .tooLarge: self.init(.tooLarge, "The answer of \(host) is larger than what is taken. Ask for less, for example a shorter period.")
        case .insecure:
            self.init(
                .insecure, "The certificate of \(host) is not valid, so nobody can tell whether it is really \(host). Its operator has to renew it.")
        case .malformed: self.init(.wrongFormat, "What \(host) answered cannot be read: it is no proper answer of a web server. Check the address.")
        case .cancelled: self.init(.interrupted, "It was stopped before an answer came.")
        default: self.init(.unreachable, "\(host) cannot be reached. Check the address for typing errors; it will be tried again.")
        }
    }

    /// What an answer means that is none; nil: it is one.
    init?(_ answer: HTTPAnswer, at now: Timestamp) {
        let host = answer.url.host
        let wait = answer.header("retry-after").flatMap { Int64($0) }.flatMap { (0...31_536_000).contains($0) ? Duration.seconds($0) : nil }
        switch answer.status {
        case 200..<300: return nil
        case 300..<400: self.init(.tooManyRedirects, "\(host) passes the question on to too many other addresses. Check the address.")
        case 401, 403, 407:
            self.init(.notAllowed, "\(host) refuses access (status \(answer.status)). Check the key or password, and what it may read.")
        case 404, 410: self.init(.notFound, "\(host) has nothing at this address (status \(answer.status)). Check the address.")
        case 425, 429: self.init(.rateLimited, "\(host) was asked too often and wants a pause. It will be tried again later.", retryAfter: wait)
        case 500...:
            self.init(.providerError, "\(host) has a problem of its own (status \(answer.status)). It will be tried again.", retryAfter: wait)
        default: self.init(.rejected, "\(host) refuses the question (status \(answer.status)). Check the settings of this source.")
        }
    }
}
