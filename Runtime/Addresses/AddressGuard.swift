public import Kernel

/// Which addresses the installation reaches in the name of what its users typed in.
///
/// Only addresses of the public internet, after the registries of special-purpose addresses (RFC 6890 and its updates): no private, shared,
/// loopback, link-local, multicast, documentation or reserved ones, in none of the forms that carry an IPv4 address in an IPv6 one.
public struct AddressGuard: Sendable {
    /// Ranges that an administrator opened, for example `10.0.0.0/8`.
    public let allowed: [AddressRange]

    /// A guard that lets through the public internet and those ranges.
    public init(allowed: [AddressRange] = []) { self.allowed = allowed }

    /// Whether an address may be connected to.
    public func allows(_ address: InternetAddress) -> Bool { isOpened(address) || Self.isPublic(address) }

    /// Whether an administrator opened this address.
    public func isOpened(_ address: InternetAddress) -> Bool { allowed.contains { $0.contains(address) } }

    /// Whether an address belongs to the public internet.
    static func isPublic(_ address: InternetAddress) -> Bool {
        if address.isV4 { return !special4.contains { $0.contains(address) } }
        // NAT64 (RFC 6052): whoever is asked is the IPv4 address inside.
        if nat64.contains(address) { return isPublic(InternetAddress(v4: UInt32(truncatingIfNeeded: address.low))) }
        guard global6.contains(address), !special6.contains(where: { $0.contains(address) }) else { return false }
        // ISATAP (RFC 5214 section 6.1): a router of that kind passes it on to the IPv4 address inside.
        let isISATAP = (address.low >> 32) & 0xFDFF_FFFF == 0x0000_5EFE
        return !isISATAP || isPublic(InternetAddress(v4: UInt32(truncatingIfNeeded: address.low)))
    }

    private static let nat64 = AddressRange("64:ff9b::/96")!
    private static let global6 = AddressRange("2000::/3")!

    /// The IANA IPv4 special-purpose address registry, multicast and class E; and 168.63.129.16, which looks public and is the host of every virtual
    /// machine at Azure.
    private static let special4 = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",
    ].map { AddressRange($0)! }

    /// Inside 2000::/3: protocol assignments with Teredo, documentation, 6to4, which would reach the IPv4 address inside.
    private static let special6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].map { AddressRange($0)! }
}
