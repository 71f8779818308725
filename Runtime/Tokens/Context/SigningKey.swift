public import Kernel

/// A key with which the host signs contexts and the database verifies them. Two are valid at a time, so that one can follow the other.
public struct SigningKey: Sendable {
    /// Which key of the installation this is; a newer key has a higher number.
    public let id: Int
    let hmac: HMACKey

    /// A key of that number. Throws `INTERNAL_ERROR` below 32 bytes of secret, which is what HMAC-SHA256 asks for (RFC 2104 section 3).
    public init(id: Int, secret: [UInt8]) throws(AppError) {
        guard id >= 0 else { throw AppError(.internalError, detail: "a signing key's number is at least 0, not \(id)") }
        guard secret.count >= 32 else {
            throw AppError(.internalError, detail: "signing key \(id) has \(secret.count) bytes, expected at least 32")
        }
        self.id = id
        hmac = HMACKey(secret)
    }
}

extension SigningKey: CustomStringConvertible {
    /// The number, never the secret.
    public var description: String { "SigningKey(\(id))" }
}
