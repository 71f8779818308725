public import Kernel

/// A URL of the web that every parser reads alike: `https` or `http`, a host, maybe a port, path and query.
///
/// What programs disagree about is refused, not repaired: user names, backslashes, blanks, characters beyond ASCII, percent signs in hosts, numbers
/// that stand for addresses (`0x7f.1`), empty ports, zones. International names are written in their ASCII form (`xn--…`).
public struct WebAddress: Sendable, Hashable {
    public enum Scheme: String, Sendable { case http, https }

    public let scheme: Scheme
    /// Lower case; an IPv6 address without its brackets.
    public let host: String
    public let port: Int
    /// From the first `/` on, with the query; at least `/`.
    public let target: String
    /// Where the host is an address.
    public let address: InternetAddress?

    /// The longest text that is read, in bytes.
    public static let maximumBytes = 4096

    /// The address in a text. Throws `VALIDATION_ERROR` naming `field` and what was expected.
    public init(_ text: String, field: String = "url") throws(AppError) {
        func refuse(_ issue: String) -> AppError { AppError.invalid(field, issue) }
        guard text.utf8.count <= Self.maximumBytes else { throw refuse("expected at most \(Self.maximumBytes) bytes") }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !#"\"<>^`{|}"#.utf8.contains($0) }) else {
            throw refuse("expected a URL of visible ASCII characters without \\, quotes or brackets; international names in their form xn--…")
        }
        let rest: Substring
        let lower = text.lowercased()
        if lower.hasPrefix("https://") {
            (scheme, rest) = (.https, text.dropFirst(8))
        } else if lower.hasPrefix("http://") {
            (scheme, rest) = (.http, text.dropFirst(7))
        } else {
            throw refuse("expected a URL that begins with https:// or http://")
        }
        let authority = rest.prefix { !"/?#".contains($0) }
        let tail = rest.dropFirst(authority.count)
        guard !tail.contains("#") else { throw refuse("expected a URL without a fragment (#)") }
        guard !authority.contains("@") else { throw refuse("expected a URL without a user name") }
        target = tail.first == "/" ? String(tail) : "/" + tail

        let hostText: Substring
        let portText: Substring?
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw refuse("expected ] behind the address") }
            hostText = authority[authority.index(after: authority.startIndex)..<end]
            let behind = authority[authority.index(after: end)...]
            guard behind.isEmpty || behind.first == ":" else { throw refuse("expected a port or the path behind ]") }
            portText = behind.isEmpty ? nil : behind.dropFirst()
            guard hostText.contains(":"), let address = InternetAddress(hostText) else { throw refuse("expected an IPv6 address between [ and ]") }
            self.address = address
            host = hostText.lowercased()
        } else {
            let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2, let first = parts.first else { throw refuse("expected one : at most, in front of the port") }
            hostText = first
            portText = parts.count == 2 ? parts[1] : nil
            host = hostText.lowercased()
            address = try Self.read(host, refuse)
        }
        guard let portText else {
            port = scheme == .https ? 443 : 80
            return
        }
        guard portText.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(portText), (1...65_535).contains(number) else {
            throw refuse("expected a port of 1 to 65535")
        }
        port = number
    }

    /// The whole text, as it is sent to the client library.
    public var text: String { origin + target }

    /// Scheme, host and port (RFC 6454); the port only where it is not the scheme's own.
    public var origin: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme.rawValue)://\(name)" + (port == (scheme == .https ? 443 : 80) ? "" : ":\(port)")
    }

    /// The address that a name is, if it is one. Throws for what is neither a name nor the usual form of an address.
    private static func read(_ host: String, _ refuse: (String) -> AppError) throws(AppError) -> InternetAddress? {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard !host.isEmpty, host.utf8.count <= 253, labels.allSatisfy(isLabel) else { throw refuse("expected a host such as example.com") }
        // A last label that could be a number makes it an address (WHATWG URL, "ends in a number").
        guard let last = labels.last, last.first?.isNumber == true || last.hasPrefix("0x") else { return nil }
        guard labels.count == 4,
            labels.allSatisfy({ $0.count <= 3 && $0.allSatisfy(\.isNumber) && (Int($0) ?? 256) < 256 && !($0.count > 1 && $0.first == "0") }),
            let address = InternetAddress(host)
        else { throw refuse("expected an address of four numbers, such as 192.0.2.7") }
        return address
    }

    /// Letters, digits, inner hyphens and, as some name servers have them, underscores.
    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 }
    }
}

extension WebAddress: CustomStringConvertible {
    public var description: String { text }
}
