public import Kernel
import Tokens

/// Standard Webhooks, symmetric signatures (standardwebhooks.com, specification 1.0.0, "Signature scheme"): who sent a message, and that it is just sent.
public struct WebhookSignature: Sendable {
    private let key: [UInt8]

    /// How far the sender's clock and ours may be apart.
    public static let tolerance: Duration = .seconds(300)

    /// Nil for a text that is no secret.
    public init?(_ secret: String) {
        guard secret.hasPrefix("whsec_") else { return nil }
        var text = secret.dropFirst(6)
        // Padding may be left out.
        while text.last == "=" { text = text.dropLast() }
        guard let key = Base64.standard.decode(text), (24...64).contains(key.count) else { return nil }
        self.key = key
    }

    /// A new secret: 32 random bytes.
    public static func makeSecret() -> String { "whsec_\(padded(SecureRandom.bytes(32)))" }

    /// What the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` say of a body. Throws `UNAUTHENTICATED` in one text for all that is wrong
    /// with a signature.
    public func verify(id: String?, timestamp: String?, signature: String?, body: [UInt8], at now: Timestamp) throws(AppError) {
        let refusal = AppError(.unauthenticated, "The signature of this message is missing, wrong or too old")
        guard let id, (1...256).contains(id.utf8.count), id.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let timestamp, let signature,
            timestamp.utf8.allSatisfy({ (48...57).contains($0) }), let seconds = Int64(timestamp), seconds < 253_402_300_800
        else { throw refusal }
        let age = now - Timestamp(seconds: seconds)
        guard age <= Self.tolerance, age >= .zero - Self.tolerance else { throw refusal }
        let expected = Array(try Self.text(key, id, timestamp, body).utf8)
        // While a secret is changed there are several, each with its version.
        var isValid = false
        for part in signature.split(separator: " ").prefix(16) where part.hasPrefix("v1,") {
            if Self.isSame(Array(part.dropFirst(3).utf8), expected) { isValid = true }
        }
        guard isValid else { throw refusal }
    }

    /// The header `webhook-signature` of a message, for senders and tests.
    public func sign(id: String, timestamp: String, body: [UInt8]) throws(AppError) -> String { "v1,\(try Self.text(key, id, timestamp, body))" }

    private static func text(_ key: [UInt8], _ id: String, _ timestamp: String, _ body: [UInt8]) throws(AppError) -> String {
        padded(try MAC.sha256.authenticate(Array("\(id).\(timestamp).".utf8) + body, key: key))
    }

    private static func padded(_ bytes: [UInt8]) -> String {
        let digits = Base64.standard.encode(bytes)
        return digits + String(repeating: "=", count: (4 - digits.count % 4) % 4)
    }

    /// In a time that does not depend on where they differ.
    private static func isSame(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
