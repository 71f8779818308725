/// The text of an API key: `tnk_<prefix>_<secret>`, with 256 random bits as base64url. Only its hash is stored.
public struct APIKeyText: Sendable {
    /// Eight of a-z and 0-9, to tell keys apart where they are shown. It is random by itself and says nothing of the secret.
    public let prefix: String
    /// All of it, 56 characters: for its bearer, this once.
    public let text: String

    /// A new one.
    public init() {
        var random = SecureRandom()
        prefix = String(decoding: (0..<8).map { _ in Self.digits.randomElement(using: &random) ?? 0x30 }, as: UTF8.self)
        text = "\(Self.mark)\(prefix)_\(OneTimeSecret().text)"
    }

    /// SHA-256 of all of the text: what the database knows it by.
    public var hash: [UInt8] { SHA256.hash(text).bytes }

    /// How each begins, so that scanners of sources find the ones that leaked; no access token does.
    public static let mark = "tnk_"

    /// Whether a text is of the form of an API key. Cheap: it is asked for every text that is no known token.
    public static func hasForm(_ text: some StringProtocol) -> Bool {
        let bytes = text.utf8
        guard bytes.count == 56, text.hasPrefix(mark) else { return false }
        return bytes.dropFirst(4).prefix(8).allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
            && bytes.dropFirst(12).first == UInt8(ascii: "_") && Base64.url.decode(text.dropFirst(13)) != nil
    }

    private static let digits = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
}

extension APIKeyText: CustomStringConvertible {
    /// Never the secret.
    public var description: String { "APIKeyText(\(prefix))" }
}
