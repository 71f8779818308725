import Kernel

/// Finds the client behind proxies that the operator trusts (RFC 7239 section 8.1). What anybody else says of itself is not read.
struct TrustedProxies: Sendable {
    /// Who asks, and how it reached the first proxy.
    struct Client: Equatable, Sendable {
        var address: ClientAddress
        /// Whether the client spoke TLS; nil where no proxy says so.
        var isSecure: Bool?
        /// The host that the client asked for; nil where no proxy says so.
        var host: String?
    }

    let ranges: [AddressRange]

    func trusts(_ address: ClientAddress) -> Bool { ranges.contains { $0.contains(address) } }

    /// The client of a request that came from `peer`.
    ///
    /// Each proxy appends whom it heard from, so the lists are read from the right, up to the first address that is not trusted. Where both kinds of
    /// list are there and name different clients, one of them came from the client itself, and neither is believed.
    func client(of peer: ClientAddress, _ lines: ForwardingLines) -> Client {
        var client = Client(address: peer)
        guard !ranges.isEmpty, trusts(peer), !lines.isEmpty else { return client }
        let standard = lines.forwarded.map { ForwardedElement.read($0) }
        let common = lines.addresses.map { text in
            text.split(separator: ",").map { ForwardedElement(address: ForwardedElement.address(ForwardedElement.trimmed($0))) }
        }
        switch (standard.map { walk($0, from: peer) }, common.map { walk($0, from: peer) }) {
        case (let hop?, nil):
            client.address = hop.address
            client.isSecure = hop.element?.proto.map { $0 == "https" }
            client.host = hop.element?.host
        case (nil, let hop):
            client.address = hop?.address ?? peer
            client.isSecure = lines.proto.map { Self.last($0) == "https" }
            client.host = lines.host.map { Self.last($0) }
        case (let first?, let second?) where first.address == second.address:
            client.address = first.address
            client.isSecure = (first.element?.proto ?? lines.proto.map { Self.last($0) }).map { $0 == "https" }
            client.host = first.element?.host ?? lines.host.map { Self.last($0) }
        default: break
        }
        return client
    }

    /// From the right to the first that is not trusted. An element that names no address ends the way at the proxy that wrote it.
    private func walk(_ elements: [ForwardedElement], from peer: ClientAddress) -> (address: ClientAddress, element: ForwardedElement?) {
        var reached: (address: ClientAddress, element: ForwardedElement?) = (peer, nil)
        for element in elements.reversed() {
            guard let address = element.address else { return reached }
            reached = (address, element)
            if !trusts(address) { return reached }
        }
        return reached
    }

    private static func last(_ list: String) -> String {
        ForwardedElement.trimmed(list.split(separator: ",").last ?? "").lowercased()
    }
}

/// The header lines in which proxies say whom they serve; lines of one name are joined by commas (RFC 9110 section 5.3).
struct ForwardingLines: Equatable, Sendable {
    var forwarded: String?
    /// `X-Forwarded-For`.
    var addresses: String?
    /// `X-Forwarded-Proto`.
    var proto: String?
    /// `X-Forwarded-Host`.
    var host: String?

    var isEmpty: Bool { forwarded == nil && addresses == nil && proto == nil && host == nil }

    static func join(_ line: inout String?, _ value: String) {
        line = line.map { "\($0),\(value)" } ?? value
    }
}

/// One hop of a `Forwarded` line (RFC 7239 section 4).
struct ForwardedElement: Equatable, Sendable {
    var address: ClientAddress?
    var proto: String?
    var host: String?

    /// The hops of a line, in their order. A hop that cannot be read stays in the list without an address.
    static func read(_ line: String) -> [ForwardedElement] {
        split(line[...], at: UInt8(ascii: ",")).map { text in
            var element = ForwardedElement()
            for pair in split(text, at: UInt8(ascii: ";")) {
                guard let equals = pair.firstIndex(of: "=") else { continue }
                let value = unquoted(trimmed(pair[pair.index(after: equals)...]))
                switch trimmed(pair[..<equals]).lowercased() {
                case "for": element.address = address(value)
                case "proto": element.proto = value.lowercased()
                case "host": element.host = value.lowercased()
                default: break
                }
            }
            return element
        }
    }

    /// An address with or without a port: `192.0.2.7`, `192.0.2.7:80`, `[2001:db8::7]:80`, `2001:db8::7`.
    static func address(_ text: String) -> ClientAddress? {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") { return ClientAddress(text[text.index(after: text.startIndex)..<end]) }
        if text.utf8.count(where: { $0 == UInt8(ascii: ":") }) == 1, let colon = text.firstIndex(of: ":") { return ClientAddress(text[..<colon]) }
        return ClientAddress(text)
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        var text = Substring(text)
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }

    /// Splits outside quotes.
    private static func split(_ text: Substring, at mark: UInt8) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var quoted = false
        var escaped = false
        for index in text.utf8.indices {
            let byte = text.utf8[index]
            if escaped {
                escaped = false
            } else if quoted, byte == UInt8(ascii: "\\") {
                escaped = true
            } else if byte == UInt8(ascii: "\"") {
                quoted.toggle()
            } else if byte == mark, !quoted {
                parts.append(text[start..<index])
                start = text.utf8.index(after: index)
            }
        }
        parts.append(text[start...])
        return parts
    }

    private static func unquoted(_ text: String) -> String {
        guard text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        var result = ""
        var escaped = false
        for character in text.dropFirst().dropLast() {
            if !escaped, character == "\\" {
                escaped = true
            } else {
                result.append(character)
                escaped = false
            }
        }
        return result
    }
}
