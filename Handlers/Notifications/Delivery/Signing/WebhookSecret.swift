public import Kernel
import Tokens

/// What webhooks are signed with (Standard Webhooks 1.0, "Signature scheme"): `whsec_` and 24 to 64 bytes in base 64. A secret.
public struct WebhookSecret: Sendable {
    static let prefix = "whsec_"
    let key: HMACKey
    /// As it is shown to whom it belongs, once.
    public let text: String

    /// A new one of 32 random bytes.
    public init() {
        let bytes = SecureRandom.bytes(32)
        text = Self.prefix + PaddedBase64.encode(bytes)
        key = HMACKey(bytes)
    }

    /// Throws `VALIDATION_ERROR` naming `field` where the text is none.
    public init(_ text: String, field: String = "secret") throws(AppError) {
        guard text.hasPrefix(Self.prefix), let bytes = PaddedBase64.decode(text.dropFirst(Self.prefix.count)), (24...64).contains(bytes.count) else {
            throw AppError.invalid(field, "expected whsec_ and 24 to 64 bytes in base 64")
        }
        self.text = text
        key = HMACKey(bytes)
    }
}

extension WebhookSecret: CustomStringConvertible {
    /// Never the secret.
    public var description: String { "WebhookSecret(****)" }
}

/// Base 64 with padding (RFC 4648 section 4).
enum PaddedBase64 {
    static func encode(_ bytes: [UInt8]) -> String {
        Base64.standard.encode(bytes) + String(repeating: "=", count: (3 - bytes.count % 3) % 3)
    }

    /// Nil for what is not the one text of some bytes; without its padding it is read, too.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.count
        let padding = text.utf8.count - digits
        guard padding == 0 || padding == (4 - digits % 4) % 4 else { return nil }
        return Base64.standard.decode(String(text.prefix(digits)))
    }
}
