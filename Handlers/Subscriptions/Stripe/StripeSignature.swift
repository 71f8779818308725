public import Kernel
import Tokens

/// The proof that an event comes from Stripe: the header `Stripe-Signature: t=…,v1=…` over the body's bytes (Stripe, "Verify webhook signatures
/// manually").
public struct StripeSignature: Sendable {
    /// How far the time of a signature may be from now, either way: what was overheard is of no use later.
    public static let tolerance = Duration.seconds(300)
    /// Longer headers are refused unread, in bytes.
    static let longest = 2048

    private let keys: [HMACKey]

    /// One secret, or two while it is rotated.
    public init(secrets: [String]) { keys = secrets.map { HMACKey(Array($0.utf8)) } }

    /// Throws `BAD_REQUEST` for whatever is not signed by one of the secrets, for these bytes, just now. The answer does not say what is wrong.
    public func verify(_ header: String?, body: [UInt8], at now: Timestamp) throws(AppError) {
        guard let header, header.utf8.count <= Self.longest else { throw Self.refused("no header") }
        var time: Timestamp?
        var macs: [Digest] = []
        for item in header.split(separator: ",") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw Self.refused("an item without a value") }
            switch parts[0].drop(while: { $0 == " " }) {
            case "t":
                // Two times: which one is signed is open, so none is.
                guard time == nil, parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let seconds = Int64(parts[1]), seconds < 32_503_680_000
                else {
                    throw Self.refused("t")
                }
                time = Timestamp(seconds: seconds)
            case "v1":
                if let bytes = Hex.decode(String(parts[1])), let mac = Digest(bytes) { macs.append(mac) }
            default: break
            }
        }
        guard let time, !macs.isEmpty, macs.count <= 16 else { throw Self.refused("no t, or no v1") }
        let message = Array("\(time.seconds).".utf8) + body
        // All pairs are compared, so that the time does not tell which secret it was.
        var isSigned = false
        for key in keys {
            let expected = key.authenticate(message)
            for mac in macs where mac == expected { isSigned = true }
        }
        guard isSigned else { throw Self.refused("v1") }
        guard time <= now + Self.tolerance, now <= time + Self.tolerance else { throw Self.refused("t is \(time)") }
    }

    /// The header that Stripe would send; for tests of what receives it.
    public static func header(_ body: [UInt8], secret: String, at time: Timestamp) -> String {
        "t=\(time.seconds),v1=\(HMACKey(Array(secret.utf8)).authenticate(Array("\(time.seconds).".utf8) + body).hex)"
    }

    private static func refused(_ detail: String) -> AppError {
        AppError(.badRequest, "The event is not signed by the payment provider", detail: "Stripe-Signature: \(detail)")
    }
}
