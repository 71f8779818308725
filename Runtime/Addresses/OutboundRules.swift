public import Kernel

/// What the installation lets its handlers reach, as the gateway tells them.
public struct OutboundRules: Sendable, Codable {
    /// Ranges beside the public internet, for example `10.0.0.0/8`.
    public var allow: [String] = []
    /// Ports of the web that may be connected to.
    public var ports: [Int] = [443, 80]
    /// A proxy of the administrator's, such as `http://proxy.example.com:3128`, through which all of it goes; nil: directly.
    ///
    /// It is asked for tunnels (CONNECT) to checked addresses alone, never to look a name up.
    public var proxy: String?
    /// Certificates of the authorities to believe, as PEM; nil: the system's.
    public var authorities: String?

    /// The public internet by the usual ports, certificates checked by the system's authorities.
    public init() {}

    /// What addresses must pass. Throws `VALIDATION_ERROR` for a range that is none.
    public func guarding() throws(AppError) -> AddressGuard {
        var ranges: [AddressRange] = []
        for text in allow {
            guard let range = AddressRange(text) else { throw AppError.invalid("allow", "expected ranges such as 10.0.0.0/8") }
            ranges.append(range)
        }
        return AddressGuard(allowed: ranges)
    }

    /// A proxy's URL: `http://` or `https://`, a host and a port, nothing else. Throws `VALIDATION_ERROR` naming `field`.
    public static func proxy(_ text: String, field: String = "proxy") throws(AppError) -> WebAddress {
        guard let address = try? WebAddress(text, field: field), address.target == "/" else {
            throw AppError.invalid(field, "expected a proxy such as http://proxy.example.com:3128, without user name and path")
        }
        return address
    }

    /// Names that mean something inside a network only; where no range is opened, nothing behind them could be reached anyway.
    private static let inner: Set = [
        "localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "private", "svc", "consul", "arpa", "onion", "alt",
        "invalid",
    ]

    /// What can be said of an address before anybody is asked for it: when it is saved.
    ///
    /// Throws `VALIDATION_ERROR` naming `field`, where it is known now that nothing there may be reached.
    public func check(_ address: WebAddress, field: String = "url") throws(AppError) {
        guard ports.contains(address.port) else {
            throw AppError.invalid(field, "expected one of the ports \(ports.map(String.init).joined(separator: ", "))")
        }
        if let literal = address.address {
            guard try guarding().allows(literal) else { throw AppError.invalid(field, "expected a host of the public internet") }
        } else if allow.isEmpty {
            let labels = address.host.split(separator: ".")
            guard labels.count > 1, let last = labels.last, !Self.inner.contains(String(last)) else {
                throw AppError.invalid(field, "expected a host of the public internet")
            }
        }
    }
}
