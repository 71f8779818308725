public import Kernel
public import Tokens

/// One-time codes from a counter (RFC 4226).
public struct HOTP: Sendable {
    private let secret: [UInt8]
    private let mac: MAC
    private let digits: Int

    /// Codes of 6 to 8 digits. Apps know SHA-1 and six digits alone, so these are the defaults.
    public init(secret: [UInt8], mac: MAC = .sha1, digits: Int = 6) {
        precondition((6...8).contains(digits), "a one-time code has 6 to 8 digits")
        self.secret = secret
        self.mac = mac
        self.digits = digits
    }

    /// The code of a counter: section 5.3, "dynamic truncation".
    public func code(_ counter: UInt64) throws(AppError) -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: counter >> UInt64(56 - $0 * 8)) }
        let hash = try mac.authenticate(message, key: secret)
        let offset = Int(hash[hash.count - 1] & 15)
        let number = hash[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let modulus: UInt32 = digits == 6 ? 1_000_000 : digits == 7 ? 10_000_000 : 100_000_000
        let text = String(number % modulus)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }
}

extension HOTP: CustomStringConvertible {
    /// Never the secret.
    public var description: String { "HOTP(****)" }
}
