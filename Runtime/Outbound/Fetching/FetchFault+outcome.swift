import Addresses
import Kernel

extension FetchFault {
    /// What a transfer without an answer means.
    init(_ error: OutboundError, host: String) {
        let kind: Kind =
            switch error {
            case .refused: .addressRefused
            case .nameUnknown: .nameUnknown
            case .unreachable: .unreachable
            case .connectionLost: .connectionLost
            case .timedOut: .timedOut
            case .tooSlow: .tooSlow
            case .tooLarge: .tooLarge
            case .insecure: .insecure
            case .malformed: .notUnderstood
            case .cancelled: .cancelled
            }
        self.init(kind, host: host, detail: error.description)
    }

    /// What an answer means that is none; nil: it is one (2xx, or 304 to a question with validators).
    init?(_ answer: HTTPAnswer, asked request: HTTPRequest, now: Timestamp) {
        let isConditional = request.headers.contains { ["if-none-match", "if-modified-since"].contains($0.name.lowercased()) }
        let kind: Kind
        switch answer.status {
        case 200..<300: return nil
        case 304 where isConditional: return nil
        case 301, 302, 303, 307, 308: kind = answer.header("location") == nil ? .notUnderstood : .tooManyRedirects
        case 401, 403, 407: kind = .notAllowed
        case 404, 410: kind = .notFound
        case 408: kind = .timedOut
        case 425, 429: kind = .rateLimited
        case 500...: kind = .providerError
        default: kind = .rejected
        }
        let wait = [408, 425, 429, 503].contains(answer.status) ? answer.header("retry-after").flatMap { RetryAfter.read($0, at: now) } : nil
        self.init(kind, host: answer.url.host, status: answer.status, retryAfter: wait)
    }

    /// Whether it speaks against the host, and not against what was asked: a page that fails for one question says nothing of the others.
    var isHostFailing: Bool {
        switch kind {
        case .nameUnknown, .unreachable, .connectionLost, .timedOut, .tooSlow: true
        case .providerError: [502, 503, 504].contains(status)
        default: false
        }
    }
}
