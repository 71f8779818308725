/// The text behind the QR code from which an authenticator app takes a secret: the "Key URI Format" that all of them read.
public struct EnrolmentURI: Sendable, CustomStringConvertible {
    /// `otpauth://totp/<issuer>:<account>?secret=…&issuer=…&algorithm=SHA1&digits=6&period=30`
    public let description: String

    /// `issuer` is whose account it is, `account` the user's name there: an e-mail address. Both are shown in the app.
    public init(secret: [UInt8], issuer: String, account: String) {
        let issuer = Self.encode(issuer)
        description =
            "otpauth://totp/\(issuer):\(Self.encode(account))?secret=\(Base32.encode(secret))&issuer=\(issuer)"
            + "&algorithm=SHA1&digits=6&period=\(TOTP.period)"
    }

    /// Percent-encodes the UTF-8 of all but unreserved characters (RFC 3986 section 2.3): `:`, `&`, `#` and blanks would end a part.
    private static func encode(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.append(byte)
            default: encoded += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
