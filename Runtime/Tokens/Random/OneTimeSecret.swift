/// A secret of 256 random bits that is mailed or handed out and works once. Only its hash is stored.
public struct OneTimeSecret: Sendable {
    /// 43 digits of base64url.
    public let text: String

    /// A new one.
    public init() { text = Base64.url.encode(SecureRandom.bytes(32)) }

    /// One that came back; nil for a text that no secret has.
    public init?(_ text: String) {
        guard text.utf8.count == 43, Base64.url.decode(text) != nil else { return nil }
        self.text = text
    }

    /// SHA-256 of the text: what the database knows it by.
    public var hash: [UInt8] { SHA256.hash(text).bytes }
}

extension OneTimeSecret: CustomStringConvertible {
    /// Never the secret.
    public var description: String { "OneTimeSecret(****)" }
}
