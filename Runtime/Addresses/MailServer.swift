public import Kernel

/// Where mail is handed over, and how.
public struct MailServer: Sendable, Codable, Hashable {
    /// What protects the connection.
    public enum Security: String, Sendable, Codable {
        /// TLS from the first byte on (`smtps://`, port 465; RFC 8314).
        case tls
        /// STARTTLS or no mail at all (`smtp://`, port 587; RFC 3207).
        case starttls
        /// None (`smtp://…?tls=none`); for a server on this machine. No password is sent over it.
        case none
    }

    public var host: String
    public var port: Int
    public var security: Security
    public var user: String?
    public var password: String?
    /// How we name ourselves in EHLO.
    public var name: String?

    /// From a URL such as `smtp://mail.example.com` (port 587, STARTTLS), `smtps://mail.example.com` (port 465) or `smtp://127.0.0.1:1025?tls=none`.
    ///
    /// Throws `VALIDATION_ERROR` naming `field`. A password in the URL is refused: settings are shown where secrets are not.
    public init(url: String, user: String?, password: String?, field: String) throws(AppError) {
        let expected = AppError.invalid(field, "expected smtp://host[:port] (STARTTLS), smtps://host[:port] (TLS) or smtp://host[:port]?tls=none")
        let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let isImplicit = url.hasPrefix("smtps://")
        guard isImplicit || url.hasPrefix("smtp://"), let first = parts.first else { throw expected }
        var authority = first.dropFirst(isImplicit ? 8 : 7)
        if authority.last == "/" { authority.removeLast() }
        // One grammar for hosts and ports.
        guard let address = try? WebAddress("https://\(authority)", field: field), address.target == "/" else { throw expected }
        host = address.host
        let isPortNamed = authority.hasSuffix(":\(address.port)")
        port = isPortNamed ? address.port : isImplicit ? 465 : 587
        switch parts.count == 2 ? String(parts[1]) : "" {
        case "": security = isImplicit ? .tls : .starttls
        case "tls=none" where !isImplicit: security = .none
        default: throw expected
        }
        guard (user == nil) == (password == nil) else { throw AppError.invalid(field, "expected a user and a password, or neither") }
        guard security != .none || password == nil else {
            throw AppError.invalid(field, "expected no password where the connection is not protected")
        }
        self.user = user
        self.password = password
    }
}
