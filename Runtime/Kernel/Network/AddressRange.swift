/// A range of addresses in the notation of RFC 4632 and RFC 4291, such as `10.0.0.0/8` or `2001:db8::/32`; one address is a range too.
public struct AddressRange: Sendable, Hashable {
    private let base: InternetAddress
    /// Leading bits that must agree, of 128.
    private let bits: Int

    /// Nil for anything that is no range.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, let address = InternetAddress(first) else { return nil }
        let width = address.isV4 ? 32 : 128
        var length = width
        if parts.count == 2 {
            guard let number = Int(parts[1]), (0...width).contains(number) else { return nil }
            length = number
        }
        bits = 128 - width + length
        base = Self.masked(address, bits)
    }

    public func contains(_ address: InternetAddress) -> Bool { Self.masked(address, bits) == base }

    private static func masked(_ address: InternetAddress, _ bits: Int) -> InternetAddress {
        func mask(_ count: Int) -> UInt64 { count <= 0 ? 0 : count >= 64 ? .max : ~(.max >> UInt64(count)) }
        return InternetAddress(high: address.high & mask(bits), low: address.low & mask(bits - 64))
    }
}
