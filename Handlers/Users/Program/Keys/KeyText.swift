import HandlerKit
import Tokens

/// The text of a new API key: `tnk_<prefix>_<secret>`, with 256 random bits as base64url. Only its hash is stored.
struct KeyText: Sendable {
    /// Eight of a-z and 0-9, to tell keys apart where they are shown. It is random by itself and says nothing of the secret.
    let prefix: String
    let text: String

    init() {
        var random = SecureRandom()
        prefix = String(decoding: (0..<8).map { _ in Self.digits.randomElement(using: &random) ?? 0x30 }, as: UTF8.self)
        text = "tnk_\(prefix)_\(OneTimeSecret().text)"
    }

    /// SHA-256 of all of the text.
    var hash: [UInt8] { SHA256.hash(text).bytes }

    private static let digits = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
}
