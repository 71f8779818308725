import Kernel
import Tokens

/// Keeps pages of other sites from calling with a cookie that the browser sends by itself (OWASP, "Cross-Site Request Forgery Prevention").
///
/// Two things besides the cookie's own `SameSite`: a call that may change something repeats the CSRF token in a header, which only a page of this site can
/// read; and a page of another origin is refused unless it is listed.
struct CookieRule: Sendable {
    let origins: CrossOrigin

    /// Throws `UNAUTHENTICATED` for a cookie whose token was not made for one, `FORBIDDEN` for a call that another site may have caused.
    func check(_ claims: AccessClaims, isCookie: Bool, _ head: RequestHead, isSecure: Bool) throws(AppError) {
        if isCookie {
            guard claims.csrf != nil else { throw AppError(.unauthenticated, "This access token was not made for a cookie") }
            if let origin = head.origin, !origins.lists(origin), !Self.isOwn(origin, host: head.host, isSecure: isSecure) {
                throw AppError(.forbidden, "Pages of this origin may not call with a cookie")
            }
        }
        guard let expected = claims.csrf, !Self.isSafe(head.method) else { return }
        guard let token = head.csrfToken, let digest = Base64.url.decode(expected).flatMap({ Digest($0) }), SHA256.hash(token) == digest else {
            throw AppError(.forbidden, "Expected X-CSRF-Token with the value of the cookie \(CookieLines.csrf)")
        }
    }

    /// RFC 9110 section 9.2.1.
    private static func isSafe(_ method: String) -> Bool { method == "GET" || method == "HEAD" || method == "OPTIONS" }

    /// Whether a page was served by us: its origin has the name and port that the request asks for.
    static func isOwn(_ origin: String, host: String?, isSecure: Bool) -> Bool {
        guard let host, let colon = origin.firstRange(of: "://") else { return false }
        let scheme = origin[..<colon.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" && !isSecure else { return false }
        let port = scheme == "https" ? ":443" : ":80"
        func plain(_ authority: some StringProtocol) -> String {
            let lower = authority.lowercased()
            return lower.hasSuffix(port) ? String(lower.dropLast(port.utf8.count)) : lower
        }
        return plain(origin[colon.upperBound...]) == plain(host)
    }
}
