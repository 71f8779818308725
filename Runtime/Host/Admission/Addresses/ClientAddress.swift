public import Kernel
import NIOCore

/// A client's address; IPv4 stands in the mapped form.
public typealias ClientAddress = InternetAddress

extension ClientAddress {
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
}
