public import Kernel

/// A signed text in the compact form, `header.payload.signature` (RFC 7515 section 7.1), read strictly. Nothing in it is to be believed before
/// ``isSigned(by:)`` has said so.
///
/// Keys that it names in its header by value or address (`jwk`, `jku`, `x5c`, `x5u`) are never looked at.
public struct CompactJWS: Sendable {
    /// What it says of its signature.
    public let header: JWSHeader
    /// What was signed.
    public let payload: [UInt8]
    private let signature: [UInt8]
    private let text: String
    private let signedBytes: Int

    /// Longer texts are refused unread, in bytes.
    public static let maximumBytes = 8192

    /// Throws `UNAUTHENTICATED` for anything but three parts in base64url without padding, the first a JSON object, the last not empty.
    public init(_ text: String) throws(AppError) {
        guard text.utf8.count <= Self.maximumBytes else { throw JWTVerifier.refused("longer than \(Self.maximumBytes) bytes") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw JWTVerifier.refused("expected three parts") }
        header = try JWSHeader(parts[0])
        guard let payload = Base64.url.decode(parts[1]), let signature = Base64.url.decode(parts[2]), !signature.isEmpty else {
            throw JWTVerifier.refused("a part is not base64url")
        }
        self.payload = payload
        self.signature = signature
        self.text = text
        signedBytes = parts[0].utf8.count + 1 + parts[1].utf8.count
    }

    /// Whether the key signed it, with the key's own algorithm, which the header must name too. RS256 takes about 15 µs.
    public func isSigned(by key: JWSKey) -> Bool {
        guard header.algorithm == key.algorithm.rawValue else { return false }
        var text = text
        return text.withUTF8 { bytes in key.verify(signature, for: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<signedBytes])) }
    }
}
