/// The form of a `Host` line's value, and of the authority in a target (RFC 9110 section 7.2, RFC 3986 section 3.2).
enum HostField {
    /// Whether it is one host, perhaps with a port: no user, no path, no list.
    static func isSound(_ value: some BidirectionalCollection<UInt8>) -> Bool {
        var host = value[...]
        if value.first == UInt8(ascii: "[") {
            guard let end = value.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = value[value.index(after: value.startIndex)..<end]
            guard address.count > 1, address.allSatisfy({ isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }) else {
                return false
            }
            host = value[value.index(after: end)...]
            return host.isEmpty || host.first == UInt8(ascii: ":") && isPort(host.dropFirst())
        }
        if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
            guard isPort(host[host.index(after: colon)...]) else { return false }
            host = host[..<colon]
        }
        return !host.isEmpty && host.count <= 255 && host.allSatisfy(isNameByte)
    }

    private static func isPort(_ text: some Collection<UInt8>) -> Bool {
        text.count <= 5 && text.allSatisfy { (0x30...0x39).contains($0) } && text.reduce(0) { $0 * 10 + Int($1) - 0x30 } <= 65_535
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
