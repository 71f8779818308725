public import Addresses
import CCurl
import Kernel

/// Hands mail over to one server (RFC 5321). The server is the administrator's choice, so no address is refused.
public final class MailClient: Sendable {
    /// How it went.
    public enum Outcome: Sendable, Equatable {
        case accepted
        /// Later it may go: a 4xx reply, a lost connection, a refused sign-in of ours.
        case postponed(String)
        /// It will never go: a 5xx reply.
        case rejected(String)
    }

    private let server: MailServer
    private let authorities: String?
    private let timeout: Duration
    private let loop: TransferLoop

    /// `authorities`: certificates to believe, as PEM; nil: the system's. `timeout` is for one mail, defaults to 30 seconds.
    /// `connections` is how many mails are on their way at once, defaults to 4.
    public init(_ server: MailServer, authorities: String? = nil, timeout: Duration = .seconds(30), connections: Int = 4) {
        self.server = server
        self.authorities = authorities
        self.timeout = timeout
        loop = TransferLoop(perHost: connections, total: connections)
    }

    /// Hands over one message for one recipient. Addresses are checked by the caller: nothing in them may end a line or a `<…>`.
    public func send(_ message: [UInt8], from: String, to: String) async -> Outcome {
        guard ![from, to].contains(where: { $0.utf8.contains { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") } })
        else {
            return .rejected("an address that is none")
        }
        let handle: CurlHandle
        do throws(OutboundError) { handle = try prepared(message, from, to) } catch { return .postponed(error.description) }
        let end = await loop.run(Transfer(handle))
        guard let error = end.error else { return .accepted }
        return Self.outcome(error, code: end.code, replies: end.lines, isAuthenticated: server.user != nil)
    }

    private func prepared(_ message: [UInt8], _ from: String, _ to: String) throws(OutboundError) -> CurlHandle {
        var handle = try CurlHandle(TransferState(limit: 64 << 10, upload: message, permitted: nil))
        let host = server.host.contains(":") ? "[\(server.host)]" : server.host
        handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        handle.set(CURLOPT_URL, "\(server.security == .tls ? "smtps" : "smtp")://\(host):\(server.port)/\(server.name ?? "localhost")")
        handle.set(CURLOPT_USE_SSL, server.security == .none ? Int(CURLUSESSL_NONE.rawValue) : Int(CURLUSESSL_ALL.rawValue))
        handle.set(CURLOPT_TIMEOUT_MS, Int(timeout.milliseconds))
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, Int(min(timeout, .seconds(10)).milliseconds))
        // Each mail has a connection of its own: what one of them did to a conversation no other one inherits.
        handle.set(CURLOPT_FRESH_CONNECT, 1)
        handle.set(CURLOPT_FORBID_REUSE, 1)
        // For one reply, in seconds. Libcurl says goodbye on the loop's thread, so it must not be long.
        handle.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, 20)
        handle.set(CURLOPT_MAIL_FROM, "<\(from)>")
        handle.set(CURLOPT_MAIL_RCPT, ["<\(to)>"])
        handle.set(CURLOPT_UPLOAD, 1)
        handle.set(CURLOPT_INFILESIZE_LARGE, offset: message.count)
        if let user = server.user, let password = server.password {
            handle.set(CURLOPT_USERNAME, user)
            handle.set(CURLOPT_PASSWORD, password)
        }
        if let authorities { handle.set(CURLOPT_CAINFO_BLOB, blob: Array(authorities.utf8)) }
        return handle
    }

    /// What a failed transfer means. A server that refuses our own sign-in or wants one (530, 534, 535, 538) refuses no mail: that waits.
    static func outcome(_ error: OutboundError, code: Int, replies: [String], isAuthenticated: Bool) -> Outcome {
        let last = replies.last { $0.hasPrefix("\(code)") } ?? ""
        let reason = last.isEmpty ? error.description : String(last.prefix(300))
        switch code {
        case 530, 534, 535, 538: return .postponed(reason)
        case 500...599:
            if case .timedOut = error { return .postponed(error.description) }
            return .rejected(reason)
        case 400...499: return .postponed(reason)
        default: return .postponed(error.description)
        }
    }
}
