import Kernel
import Wire

/// What the lines `Cookie` of a request hold of this product's cookies (RFC 6265 section 5.4); all others are left unread.
struct CookieLines: Sendable, Hashable {
    static let access = "__Host-tenantry_access"
    static let refresh = "__Host-tenantry_refresh"
    static let csrf = "__Host-tenantry_csrf"
    /// What the cookies of sign-ins at providers begin with; one for each that is under way.
    static let signIn = "__Host-tenantry_oidc_"

    private(set) var access: String?
    /// What is passed to the handler that signs tokens, in the form of one line: all but the access token.
    private(set) var others = ""
    /// What is passed to the handler that sends people to providers, in the form of one line.
    private(set) var signIns = ""

    /// Takes in a line. HTTP/2 may send several (RFC 9113 section 8.2.3). Throws `BAD_REQUEST` where a cookie is there twice: which one counts would be
    /// for whoever sent it to choose.
    mutating func add(_ line: String) throws(AppError) {
        for pair in line.split(separator: ";") {
            let pair = pair.drop { $0 == " " }
            guard let equals = pair.firstIndex(of: "=") else { continue }
            let name = pair[..<equals]
            var value = pair[pair.index(after: equals)...]
            while value.last == " " { value.removeLast() }
            switch name {
            case Self.access[...]:
                guard access == nil else { throw Self.twice(Self.access) }
                access = String(value)
            case Self.refresh[...], Self.csrf[...]:
                let text = "\(name)=\(value)"
                guard !others.contains("\(name)=") else { throw Self.twice(name) }
                others += others.isEmpty ? text : "; \(text)"
            case _ where name.hasPrefix(Self.signIn):
                guard !signIns.contains("\(name)=") else { throw Self.twice(name) }
                signIns += signIns.isEmpty ? "\(name)=\(value)" : "; \(name)=\(value)"
            default: continue
            }
        }
    }

    private static func twice(_ name: some StringProtocol) -> AppError { AppError(.badRequest, "The request holds two cookies \(name)") }
}
