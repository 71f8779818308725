import Glibc
import Kernel

/// Addresses of names, by the system's resolver. Blocks for as long as that takes: seconds where a name server is silent.
enum Resolver {
    /// All addresses of a host, in the order in which they are to be tried. Empty where it has none.
    static func addresses(of host: String) -> [InternetAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0, let first else { return [] }
        defer { freeaddrinfo(first) }
        var addresses: [InternetAddress] = []
        var next: UnsafeMutablePointer<addrinfo>? = first
        while let info = next {
            if let socket = info.pointee.ai_addr, let address = InternetAddress(socket, size: Int(info.pointee.ai_addrlen)),
                !addresses.contains(address)
            {
                addresses.append(address)
            }
            next = info.pointee.ai_next
        }
        return addresses
    }
}

extension InternetAddress {
    /// The address in a socket's address; nil for other families and for addresses with a zone (RFC 4007), which are link-local.
    init?(_ socket: UnsafePointer<sockaddr>, size: Int) {
        let raw = UnsafeRawBufferPointer(start: socket, count: size)
        switch Int32(socket.pointee.sa_family) {
        case AF_INET where size >= 8: self.init(v4: UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        case AF_INET6 where size >= 28:
            guard raw.loadUnaligned(fromByteOffset: 24, as: UInt32.self) == 0 else { return nil }
            self.init(
                high: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                low: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
        default: return nil
        }
    }
}
