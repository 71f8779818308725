#if canImport(Glibc)
    import Glibc
#endif

/// An internet address as 128 bits; IPv4 stands in the mapped form `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2).
public struct InternetAddress: Sendable, Hashable {
    public let high: UInt64
    public let low: UInt64

    /// Stands for clients without an internet address, such as those of a Unix socket.
    public static let none = InternetAddress(high: 0, low: 0)

    /// Whether it is this machine's own: `127.0.0.0/8` or `::1`.
    public var isLoopback: Bool { high == 0 && (low == 1 || low >> 24 == 0xFFFF_7F) }

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public init(v4 address: UInt32) { self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(address)) }

    /// An address as text: `192.0.2.7`, `2001:db8::7`. Nil for anything else.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        guard !text.utf8.contains(0) else { return nil }
        var v4: UInt32 = 0
        var v6: (UInt64, UInt64) = (0, 0)
        if inet_pton(AF_INET, text, &v4) == 1 {
            self.init(v4: UInt32(bigEndian: v4))
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            self.init(high: UInt64(bigEndian: v6.0), low: UInt64(bigEndian: v6.1))
        } else {
            return nil
        }
    }

    public var isV4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// What counts as one client: an IPv4 address, or the /64 that one subscriber of IPv6 is given at least.
    public var network: InternetAddress { isV4 ? self : InternetAddress(high: high, low: 0) }
}

extension InternetAddress: CustomStringConvertible {
    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        if isV4 {
            var address = UInt32(truncatingIfNeeded: low).bigEndian
            inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
        } else {
            var address = (high.bigEndian, low.bigEndian)
            inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
