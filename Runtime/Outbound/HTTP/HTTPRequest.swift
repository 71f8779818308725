public import Addresses
import Kernel

/// A request to a host elsewhere.
public struct HTTPRequest: Sendable {
    public var method: String
    public var url: WebAddress
    /// Names and values without control characters.
    public var headers: [(name: String, value: String)]
    /// Sent where it is not nil.
    public var body: [UInt8]?
    /// The most bytes of an answer's body. Defaults to 1 MB.
    public var limit = 1 << 20
    /// For all of it, looking up the name included. Defaults to 10 seconds.
    public var timeout: Duration = .seconds(10)
    /// Signs it for services of the kind of Amazon's; nil: it is not signed.
    public var signing: AWSSigning?
    /// How many redirects are followed; each target is checked as the first. Defaults to none.
    public var redirects = 0
    /// What the answer must keep up with beside the timeout; nil, as by default: nothing.
    public var pace: AnswerPace?
    /// Whether a packed body (gzip, deflate, br) is asked for and unpacked; ``limit`` is then on what comes out. Defaults to no: it is taken as it is.
    public var isUnpacking = false

    /// A request with the defaults.
    public init(_ method: String, _ url: WebAddress, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

extension HTTPRequest {
    /// Whether a text is a token (RFC 9110 section 5.6.2), as methods and names of headers are.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !#"\"(),/:;<=>?@[\]{}"#.utf8.contains($0) }
    }

    /// Headers that may go to another host than the one they were made for: nothing in them is a secret or belongs to the body.
    static func isHarmless(_ name: String) -> Bool {
        ["accept", "accept-language", "user-agent", "if-none-match", "if-modified-since"].contains(name) || name.hasPrefix("content-")
    }
}

/// A key for AWS Signature Version 4, which libcurl makes. A secret.
public struct AWSSigning: Sendable {
    /// For example `eu-central-1`.
    public var region: String
    /// For example `s3`.
    public var service: String
    public var accessKey: String
    public var secretKey: String

    public init(region: String, service: String, accessKey: String, secretKey: String) {
        self.region = region
        self.service = service
        self.accessKey = accessKey
        self.secretKey = secretKey
    }
}

extension AWSSigning: CustomStringConvertible {
    /// Never the secret.
    public var description: String { "AWSSigning(\(service), \(region))" }
}

/// What came back.
public struct HTTPAnswer: Sendable {
    public let status: Int
    /// In their order; names in lower case.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]
    /// Whom it came from, behind redirects.
    public let url: WebAddress

    /// An answer of those parts; names of headers in lower case.
    public init(status: Int, headers: [(name: String, value: String)], body: [UInt8], url: WebAddress) {
        self.status = status
        self.headers = headers
        self.body = body
        self.url = url
    }

    /// The first header of that name, in lower case.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// From the lines of a head; lines that are no header are passed over. An unpacked body says nothing of its package.
    init(_ request: HTTPRequest, _ status: Int, _ lines: [String], _ body: [UInt8]) {
        self.status = status
        self.body = body
        url = request.url
        headers = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            let name = line[..<colon].lowercased()
            if request.isUnpacking, name == "content-encoding" || name == "content-length" { return nil }
            return (name, String(value))
        }
    }

    /// The status in the first line of a head (RFC 9112 section 4); nil where it is none.
    static func status(of lines: [String]) -> Int? {
        guard let parts = lines.first?.split(separator: " ", maxSplits: 2), parts.count > 1 else { return nil }
        return Int(parts[1])
    }
}
