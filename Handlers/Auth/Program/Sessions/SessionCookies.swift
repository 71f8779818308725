import HandlerKit

/// The cookies of a browser's session. `__Host-` binds them to this host, to TLS and to the whole of it (RFC 6265bis section 4.1.3.2), so that no other
/// host of the domain can plant one.
enum SessionCookies: String {
    case access = "__Host-tenantry_access"
    case refresh = "__Host-tenantry_refresh"
    /// The page's own scripts read it and send it as `X-CSRF-Token`.
    case csrf = "__Host-tenantry_csrf"

    private var attributes: String {
        switch self {
        // Lax: whoever follows a link from elsewhere is still signed in.
        case .access: "; Path=/; Secure; HttpOnly; SameSite=Lax"
        case .refresh: "; Path=/; Secure; HttpOnly; SameSite=Strict"
        case .csrf: "; Path=/; Secure; SameSite=Strict"
        }
    }

    /// The line that sets it for a time.
    func set(_ value: String, for lifetime: Duration) -> HeaderField {
        HeaderField(name: "set-cookie", value: "\(rawValue)=\(value)\(attributes); Max-Age=\(max(0, lifetime.milliseconds / 1000))")
    }

    /// The line that removes it.
    var cleared: HeaderField { HeaderField(name: "set-cookie", value: "\(rawValue)=\(attributes); Max-Age=0") }

    /// Its value in a request; nil where it is not there, or there twice.
    func value(in request: Request) -> String? {
        let lines = request.headers.filter { $0.name == "cookie" }.flatMap { $0.value.split(separator: ";") }
        let values = lines.compactMap { pair -> Substring? in
            let pair = pair.drop { $0 == " " }
            guard pair.hasPrefix("\(rawValue)=") else { return nil }
            return pair.dropFirst(rawValue.count + 1)
        }
        return values.count == 1 ? String(values[0]) : nil
    }
}
