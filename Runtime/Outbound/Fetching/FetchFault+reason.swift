public import Kernel

extension FetchFault {
    /// What happened and what can be done, in a sentence or two for somebody who runs a business and no servers.
    public var reason: String {
        switch kind {
        case .addressRefused:
            "\(host) is at, or leads to, an address inside a private network, which is not connected to. Use an address of the public internet."
        case .nameUnknown: "There is no server of the name \(host), or its name cannot be looked up right now. Check the address for typing errors."
        case .unreachable: "\(host) cannot be reached: nothing answers there. It may be down; it will be tried again."
        case .connectionLost: "The connection to \(host) broke before the answer was complete. It will be tried again."
        case .timedOut: "\(host) did not answer in time. It will be tried again."
        case .tooSlow: "\(host) sends its answer too slowly to wait for the end. It will be tried again."
        case .tooLarge: "The answer of \(host) is larger than what is taken. Ask for less, for example a shorter period."
        case .insecure:
            "The certificate of \(host) is not valid, so nobody can tell whether it is really \(host). Its operator has to renew or repair it."
        case .notUnderstood: "What \(host) answered cannot be read: it is no proper answer of a web server. Check the address."
        case .tooManyRedirects: "\(host) passes every question on to another address, without end. Check the address."
        case .notAllowed: "\(host) refuses access\(statusText). Check the key or password, and whether it may read this."
        case .notFound: "\(host) has nothing at this address\(statusText). Check the address."
        case .rateLimited: "\(host) was asked too often and wants a pause\(waitText)."
        case .rejected: "\(host) refuses the request\(statusText). Check the settings of this source."
        case .providerError: "\(host) has a problem of its own\(statusText). It will be tried again."
        case .quotaSpent: "What may be asked of this provider is used up\(waitText)."
        case .hostPaused: "\(host) failed several times in a row and is left alone\(waitText)."
        case .cancelled: "This was stopped before it was finished."
        }
    }

    private var statusText: String { status.map { " (status \($0))" } ?? "" }

    private var waitText: String {
        guard let retryAfter, retryAfter > .zero else { return "; it will be tried again later" }
        let seconds = Int(retryAfter.components.seconds) + (retryAfter.components.attoseconds > 0 ? 1 : 0)
        let (count, unit) = seconds < 120 ? (seconds, "second") : seconds < 7200 ? ((seconds + 59) / 60, "minute") : ((seconds + 3599) / 3600, "hour")
        return "; it will be tried again in \(count) \(unit)\(count == 1 ? "" : "s") at the earliest"
    }

    /// For an answer of our own, where a user waits for it.
    public var appError: AppError {
        switch kind {
        case .addressRefused, .nameUnknown, .tooLarge, .insecure, .notUnderstood, .tooManyRedirects, .notAllowed, .notFound, .rejected:
            AppError.invalid("url", reason)
        case .timedOut, .tooSlow: AppError(.deadlineExceeded, reason, detail: description)
        case .rateLimited, .quotaSpent: AppError(.tooManyRequests, reason, detail: description)
        case .unreachable, .connectionLost, .providerError, .hostPaused: AppError(.unavailable, reason, detail: description)
        case .cancelled: AppError(.cancelled, reason, detail: description)
        }
    }
}
