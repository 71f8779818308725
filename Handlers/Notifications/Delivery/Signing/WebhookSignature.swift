public import Kernel
import Tokens

/// The three headers of a signed webhook (Standard Webhooks 1.0): `webhook-id`, `webhook-timestamp` in seconds, `webhook-signature` with a `v1,` and the
/// base 64 of HMAC-SHA256 over `id.timestamp.body` for each secret, blanks between.
public struct WebhookSignature: Sendable {
    /// How far a timestamp may be from now, either way.
    public static let tolerance = Duration.seconds(300)
    /// Signatures that are looked at; more are refused.
    private static let most = 16

    private let secrets: [WebhookSecret]

    /// The newest secret first. While one is rotated there are two: who signs signs with both, who verifies believes either.
    public init(_ secrets: [WebhookSecret]) { self.secrets = secrets }

    /// `id` is the same for each try of one message, and holds no dot.
    public func headers(id: String, at time: Timestamp, body: [UInt8]) -> [(name: String, value: String)] {
        let content = Self.content(id, "\(time.seconds)", body)
        let signatures = secrets.map { "v1,\(PaddedBase64.encode($0.key.authenticate(content).bytes))" }
        return [("webhook-id", id), ("webhook-timestamp", "\(time.seconds)"), ("webhook-signature", signatures.joined(separator: " "))]
    }

    /// Throws `UNAUTHENTICATED` for whatever is not signed by one of the secrets, for these bytes, just now. The answer does not say what is wrong.
    public func verify(id: String?, timestamp: String?, signature: String?, body: [UInt8], at now: Timestamp) throws(AppError) {
        guard let id, let timestamp, let signature, id.utf8.count <= 256, signature.utf8.count <= 4096 else {
            throw Self.refused("a header is missing")
        }
        guard timestamp.utf8.count <= 12, timestamp.utf8.allSatisfy({ (48...57).contains($0) }), let seconds = Int64(timestamp) else {
            throw Self.refused("timestamp")
        }
        let time = Timestamp(seconds: seconds)
        let given = signature.split(separator: " ").compactMap { item -> Digest? in
            guard item.hasPrefix("v1,"), let bytes = PaddedBase64.decode(item.dropFirst(3)) else { return nil }
            return Digest(bytes)
        }
        guard !given.isEmpty, given.count <= Self.most else { throw Self.refused("no v1") }
        let content = Self.content(id, timestamp, body)
        // All pairs are compared, so that the time does not tell which secret it was.
        var isSigned = false
        for secret in secrets {
            let expected = secret.key.authenticate(content)
            for mac in given where mac == expected { isSigned = true }
        }
        guard isSigned else { throw Self.refused("signature") }
        guard time <= now + Self.tolerance, now <= time + Self.tolerance else { throw Self.refused("timestamp is \(time)") }
    }

    private static func content(_ id: String, _ timestamp: String, _ body: [UInt8]) -> [UInt8] { Array("\(id).\(timestamp).".utf8) + body }

    private static func refused(_ detail: String) -> AppError {
        AppError(.unauthenticated, "The webhook is not signed by its sender", detail: "webhook signature: \(detail)")
    }
}
