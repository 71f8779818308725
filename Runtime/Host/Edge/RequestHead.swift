import Kernel
import NIOHTTP1
import Wire

/// The head of a request: each header line that the gateway reads itself is found once, on the way in.
struct RequestHead {
    let method: String
    let target: String
    private(set) var keepAlive: Bool
    /// Whether the client speaks HTTP/1.0.
    let isOld: Bool
    private(set) var authorization: String?
    private(set) var apiKey: String?
    private(set) var cookies = CookieLines()
    /// What a page repeats of the CSRF cookie (`X-CSRF-Token`).
    private(set) var csrfToken: String?
    private(set) var requestID: String?
    private(set) var lastEventID: String?
    var host: String?
    private(set) var origin: String?
    /// Whether a web page asks what it may do.
    private(set) var isPreflight = false
    /// What proxies say; believed only where they are trusted.
    private(set) var forwarding = ForwardingLines()
    private(set) var idempotencyKey: String?
    /// Whether it is of the protocol of resumable uploads.
    private(set) var speaksTus = false
    private(set) var contentLength: Int?
    private(set) var chunked = false
    private(set) var expectsContinue = false
    /// What the handler sees: nothing else passes.
    private(set) var forwarded: [HeaderField] = []

    var hasBody: Bool { chunked || (contentLength ?? 0) > 0 }
    var isHead: Bool { method == "HEAD" }

    /// Throws `BAD_REQUEST` for a head that two servers could read differently (RFC 9112 sections 3.2, 6.1, 6.3), `EXPECTATION_FAILED` for one that
    /// expects something else than to be told to go on (RFC 9110 section 10.1.1).
    init(_ head: HTTPRequestHead) throws(AppError) {
        method = head.method.rawValue
        target = head.uri
        isOld = head.version.minor == 0
        keepAlive = head.isKeepAlive
        var hosts = 0
        var lengths = 0
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 4 where Self.same(name, "host"):
                hosts += 1
                host = value
            case 5 where Self.same(name, "range"): forward("range", value)
            case 6 where Self.same(name, "accept"): forward("accept", value)
            case 6 where Self.same(name, "origin"): origin = value
            case 6 where Self.same(name, "cookie"): try cookies.add(value)
            case 6 where Self.same(name, "expect") && !isOld:
                guard Self.same(value, "100-continue") else { throw AppError(.expectationFailed) }
                expectsContinue = true
            case 7 where Self.same(name, "upgrade"): keepAlive = false
            case 8 where Self.same(name, "if-match"): forward("if-match", value)
            case 9 where Self.same(name, "forwarded"): ForwardingLines.join(&forwarding.forwarded, value)
            case 9 where Self.same(name, "x-api-key"):
                guard apiKey == nil else { throw AppError(.badRequest, "The request holds two X-API-Key lines") }
                apiKey = value
            case 10 where Self.same(name, "user-agent"): forward("user-agent", value)
            case 10 where Self.same(name, "webhook-id"): forward("webhook-id", value)
            case 12 where Self.same(name, "content-type"): forward("content-type", value)
            case 12 where Self.same(name, "x-request-id"): requestID = value
            case 12 where Self.same(name, "x-csrf-token"):
                guard csrfToken == nil else { throw AppError(.badRequest, "The request holds two X-CSRF-Token lines") }
                csrfToken = value
            case 13 where Self.same(name, "authorization"):
                guard authorization == nil else { throw AppError(.badRequest, "The request holds two Authorization lines") }
                authorization = value
            case 13 where Self.same(name, "if-none-match"): forward("if-none-match", value)
            case 13 where Self.same(name, "tus-resumable"):
                speaksTus = true
                forward("tus-resumable", value)
            case 13 where Self.same(name, "upload-length"): forward("upload-length", value)
            case 13 where Self.same(name, "upload-offset"): forward("upload-offset", value)
            case 13 where Self.same(name, "last-event-id"):
                lastEventID = value
                forward("last-event-id", value)
            case 14 where Self.same(name, "content-length"):
                lengths += 1
                contentLength = Int(value)
                guard contentLength.map({ $0 >= 0 }) == true, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                    throw AppError(.badRequest, "Content-Length is not a number")
                }
            case 15 where Self.same(name, "x-forwarded-for"): ForwardingLines.join(&forwarding.addresses, value)
            case 15 where Self.same(name, "accept-language"): forward("accept-language", value)
            case 15 where Self.same(name, "upload-metadata"): forward("upload-metadata", value)
            case 15 where Self.same(name, "upload-checksum"): forward("upload-checksum", value)
            case 15 where Self.same(name, "idempotency-key"):
                guard idempotencyKey == nil else { throw AppError(.badRequest, "The request holds two Idempotency-Key lines") }
                idempotencyKey = value
                forward("idempotency-key", value)
            case 16 where Self.same(name, "stripe-signature"): forward("stripe-signature", value)
            case 17 where Self.same(name, "webhook-timestamp"): forward("webhook-timestamp", value)
            case 17 where Self.same(name, "webhook-signature"): forward("webhook-signature", value)
            case 16 where Self.same(name, "x-forwarded-host"): ForwardingLines.join(&forwarding.host, value)
            case 17 where Self.same(name, "x-forwarded-proto"): ForwardingLines.join(&forwarding.proto, value)
            case 17 where Self.same(name, "transfer-encoding"):
                guard Self.same(value, "chunked"), !chunked else {
                    throw AppError(.badRequest, "Transfer-Encoding other than `chunked` is not read here")
                }
                chunked = true
            case 19 where Self.same(name, "content-disposition"): forward("content-disposition", value)
            case 19 where Self.same(name, "upload-defer-length"): forward("upload-defer-length", value)
            case 22 where Self.same(name, "x-http-method-override"): forward("x-http-method-override", value)
            case 29 where Self.same(name, "access-control-request-method"): isPreflight = true
            default: break
            }
        }
        guard hosts == 1 || (hosts == 0 && head.version.minor == 0) else { throw AppError(.badRequest, "Expected one Host line, found \(hosts)") }
        guard lengths <= 1, !(chunked && lengths > 0), !(chunked && head.version.minor == 0) else {
            throw AppError(.badRequest, "The body's length is said twice")
        }
    }

    /// Equal but for the case of ASCII letters. `lower` is lower case; both have the same length.
    private static func same(_ text: String, _ lower: StaticString) -> Bool {
        guard text.utf8.count == lower.utf8CodeUnitCount else { return false }
        var position = 0
        for byte in text.utf8 {
            let folded = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            guard folded == lower.utf8Start[position] else { return false }
            position += 1
        }
        return true
    }

    /// The lines that a handler sees. Cookies are for the one that makes them.
    func fields(withCookies: Bool, withSignIns: Bool = false) -> [HeaderField] {
        if withSignIns, !cookies.signIns.isEmpty { return forwarded + [HeaderField(name: "cookie", value: cookies.signIns)] }
        guard withCookies else { return forwarded }
        var fields = forwarded
        if !cookies.others.isEmpty { fields.append(HeaderField(name: "cookie", value: cookies.others)) }
        if let csrfToken { fields.append(HeaderField(name: "x-csrf-token", value: csrfToken)) }
        return fields
    }

    private mutating func forward(_ name: String, _ value: String) {
        forwarded.append(HeaderField(name: name, value: value))
    }
}
