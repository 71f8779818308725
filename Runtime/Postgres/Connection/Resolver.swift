import Glibc

/// Finds the numeric addresses of a host, blocking; libpq would do it on the loop.
enum Resolver {
    /// The `hostaddr` for libpq: nil for a Unix socket's directory. Throws `connectFailed` where the name is unknown.
    static func address(of host: String) throws(PostgresError) -> [String]? {
        if host.hasPrefix("/") || host.hasPrefix("@") { return nil }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let failure = getaddrinfo(host, nil, &hints, &list)
        guard failure == 0 else {
            throw PostgresError(.connectFailed, detail: "the host \(host) is not found: \(gai_strerror(failure).map { String(cString: $0) } ?? "")")
        }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var next = list
        while let entry = next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
                addresses.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }
}
