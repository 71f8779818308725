import Addresses
import Kernel
import Tokens

/// How a source of the web is signed in to: the credentials that HTTP sources share.
enum WebAccess {
    static let credentials: [ConnectorField] = [
        .optional("token", .text, "sent as Authorization: Bearer", range: 1...8000),
        .optional("header_name", .text, "a header of the API's own, such as X-Api-Key", range: 1...100),
        .optional("header_value", .text, "its value", range: 1...8000),
        .optional("user", .text, "sent with the password (RFC 7617)", range: 1...200),
        .optional("password", .text, "sent with the user", range: 1...1000),
    ]

    /// Headers that a source must not set: they belong to the protocol, or to the other end's trust in who sends.
    private static let forbidden: Set = [
        "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect", "proxy-authorization", "cookie",
        "keep-alive",
        "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via", "metadata-flavor", "x-aws-ec2-metadata-token",
        "accept-encoding", "range",
    ]

    static func check(_ credentials: ConnectorSettings, _ issues: inout [AppError.Issue]) {
        issues.require(
            (credentials.text("header_name") == nil) == (credentials.text("header_value") == nil), "credentials.header_value",
            "expected together with header_name")
        issues.require(
            (credentials.text("user") == nil) == (credentials.text("password") == nil), "credentials.password", "expected together with user")
        let ways = ["token", "header_name", "user"].count { credentials.text($0) != nil }
        issues.require(ways <= 1, "credentials", "expected one way to sign in: token, or header_name and header_value, or user and password")
        if let name = credentials.text("header_name") {
            issues.require(isToken(name), "credentials.header_name", "expected letters, digits and -")
            issues.require(!forbidden.contains(name.lowercased()), "credentials.header_name", "expected a header of the API's own")
        }
        for name in ["token", "header_value"] {
            let isVisible = credentials.text(name)?.utf8.allSatisfy { (0x20...0x7E).contains($0) } ?? true
            issues.require(isVisible, "credentials.\(name)", "expected visible ASCII characters")
        }
        issues.require(!(credentials.text("user")?.contains(":") ?? false), "credentials.user", "expected no :")
    }

    private static func isToken(_ text: String) -> Bool {
        text.utf8.allSatisfy { (97...122).contains($0 | 0x20) || (48...57).contains($0) || $0 == 45 || $0 == 95 }
    }

    static func headers(_ credentials: ConnectorSettings, accept: String) -> [PullRequest.Header] {
        var headers = [PullRequest.Header(name: "Accept", value: accept)]
        if let token = credentials.text("token") { headers.append(.init(name: "Authorization", value: "Bearer \(token)")) }
        if let name = credentials.text("header_name"), let value = credentials.text("header_value") {
            headers.append(.init(name: name, value: value))
        }
        if let user = credentials.text("user"), let password = credentials.text("password") {
            let plain = Base64.standard.encode(Array("\(user):\(password)".utf8))
            let padded = plain + String(repeating: "=", count: (4 - plain.count % 4) % 4)
            headers.append(.init(name: "Authorization", value: "Basic \(padded)"))
        }
        return headers
    }

    /// What a source's own URL may be; where it may lead is checked by whoever fetches it.
    static func check(_ url: String?, _ issues: inout [AppError.Issue]) {
        guard let url else { return }
        do throws(AppError) { _ = try WebAddress(url, field: "config.url") } catch { issues += error.issues }
    }

    static func origin(_ config: ConnectorSettings) -> String? { config.text("url").flatMap { (try? WebAddress($0))?.origin } }
}
