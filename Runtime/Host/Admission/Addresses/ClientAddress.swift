import Glibc
import NIOCore

/// An internet address as 128 bits; IPv4 stands in the mapped form `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2).
public struct ClientAddress: Sendable, Hashable {
    let high: UInt64
    let low: UInt64

    /// Stands for clients without an internet address, such as those of a Unix socket.
    static let none = ClientAddress(high: 0, low: 0)

    /// Whether it is this machine's own: `127.0.0.0/8` or `::1`.
    var isLoopback: Bool { high == 0 && (low == 1 || low >> 24 == 0xFFFF_7F) }

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    init(v4 address: UInt32) { self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(address)) }

    /// The other end of a connection.
    init(_ socket: SocketAddress?) {
        guard let socket else {
            self = .none
            return
        }
        // Family, port, and for IPv6 the flow come before the address (ip(7), ipv6(7)).
        self = socket.withSockAddr { address, size in
            let raw = UnsafeRawBufferPointer(start: address, count: size)
            switch socket.protocol {
            case .inet where size >= 8: return ClientAddress(v4: UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
            case .inet6 where size >= 24:
                return ClientAddress(
                    high: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                    low: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
            default: return .none
            }
        }
    }

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

    var isV4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// What counts as one client: an IPv4 address, or the /64 that one subscriber of IPv6 is given at least.
    var network: ClientAddress { isV4 ? self : ClientAddress(high: high, low: 0) }
}

extension ClientAddress: CustomStringConvertible {
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
