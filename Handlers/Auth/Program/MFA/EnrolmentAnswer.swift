import Codes
import HandlerKit
import Tokens

/// A secret for an authenticator app, shown this once, in four forms.
struct EnrolmentAnswer: Encodable, Sendable {
    /// Base 32, for people who type it.
    let secret: String
    /// For apps on the same device.
    let otpauthURI: String
    /// The URI as an image.
    let qrSVG: String
    /// The same as PNG, in base 64.
    let qrPNG: String

    enum CodingKeys: String, CodingKey {
        case secret
        case otpauthURI = "otpauth_uri"
        case qrSVG = "qr_svg"
        case qrPNG = "qr_png"
    }

    init(secret: [UInt8], issuer: String, account: String) throws {
        self.secret = Base32.encode(secret)
        let uri = EnrolmentURI(secret: secret, issuer: issuer, account: account).description
        let code = try QRCode(uri)
        let png = try code.png()
        otpauthURI = uri
        qrSVG = code.svg
        // Readers of data URIs take it without padding, most other programs do not.
        qrPNG = Base64.standard.encode(png) + String(repeating: "=", count: (3 - png.count % 3) % 3)
    }
}
