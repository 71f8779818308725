public import Addresses
public import Kernel

/// A bucket of a service that speaks S3.
public struct S3Settings: Sendable {
    /// Scheme, host and port; buckets are named in the path.
    public let endpoint: WebAddress
    public let bucket: String
    /// What all names begin with: empty, or parts that each end with `/`.
    public let prefix: String
    public let region: String
    public let accessKey: String
    /// A secret.
    public let secretKey: String
    /// Certificates of the authorities to believe, as PEM; nil: the system's.
    public let authorities: String?
    /// Objects longer than this are sent in parts of this length, in bytes; 5 MB is the least that S3 takes. Defaults to 8 MB, so the largest object has 80 GB.
    public var partSize = 8 << 20

    /// From `s3://bucket/prefix` and the other settings. Throws `VALIDATION_ERROR` that names the setting by what `field` makes of its name.
    public init(
        location: String, endpoint: String?, region: String?, accessKey: String?, secretKey: String?, authorities: String? = nil,
        field: (String) -> String
    ) throws(AppError) {
        let parts = location.dropFirst("s3://".count).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard location.hasPrefix("s3://"), let bucket = parts.first, Self.isBucket(bucket) else {
            throw AppError.invalid(field("OBJECTS"), "expected s3://bucket or s3://bucket/prefix; got \(location)")
        }
        self.bucket = String(bucket)
        let rest = parts.count > 1 ? parts[1].split(separator: "/") : []
        guard rest.allSatisfy({ part in part != "." && part != ".." && part.utf8.allSatisfy(Self.isPlain) }) else {
            throw AppError.invalid(field("OBJECTS"), "expected letters, digits, `.`, `_` and `-` behind the bucket; got \(location)")
        }
        prefix = rest.map { "\($0)/" }.joined()
        let place = region ?? "us-east-1"
        guard !place.isEmpty, place.utf8.allSatisfy(Self.isPlain) else {
            throw AppError.invalid(field("S3_REGION"), "expected a region such as eu-central-1; got \(place)")
        }
        self.region = place
        self.endpoint = try WebAddress(endpoint ?? "https://s3.\(place).amazonaws.com", field: field("S3_ENDPOINT"))
        guard self.endpoint.target == "/" else { throw AppError.invalid(field("S3_ENDPOINT"), "expected a URL without a path") }
        guard let accessKey, Self.isKey(accessKey) else { throw AppError.invalid(field("S3_ACCESS_KEY"), "expected an access key's id") }
        guard let secretKey, Self.isKey(secretKey) else { throw AppError.invalid(field("S3_SECRET_KEY"), "expected a secret access key") }
        (self.accessKey, self.secretKey, self.authorities) = (accessKey, secretKey, authorities)
    }

    private static func isBucket(_ text: Substring) -> Bool {
        (3...63).contains(text.utf8.count) && text.first != "." && text.first != "-" && text != ".."
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 97...122, 65...90, 48...57, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    private static func isKey(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
}

extension S3Settings: CustomStringConvertible {
    /// Where, never the keys.
    public var description: String { "s3://\(bucket)/\(prefix) at \(endpoint.origin)" }
}
