import Addresses
import Kernel
import Outbound
import Tokens

/// Signed requests to one bucket, tried again where the service is busy.
struct S3Client: Sendable {
    /// How often a request is sent at most.
    private static let tries = 4

    let settings: S3Settings
    private let client: HTTPClient
    private let sleep: @Sendable (Duration) async -> Void

    /// `sleep` waits between tries. Throws `VALIDATION_ERROR` where the endpoint may not be reached at all.
    init(_ settings: S3Settings, sleep: @escaping @Sendable (Duration) async -> Void) throws(AppError) {
        self.settings = settings
        self.sleep = sleep
        // The installation's own bucket may lie anywhere, also beside the gateway.
        var rules = OutboundRules()
        rules.allow = ["0.0.0.0/0", "::/0"]
        rules.ports = [settings.endpoint.port]
        rules.authorities = settings.authorities
        client = try HTTPClient(rules, connections: 8)
    }

    /// A request about a key, or about the bucket where it is empty. The query's items are in the order of their names, as the signature wants them.
    ///
    /// Throws `UNAVAILABLE` where there is no answer, or one of 5xx after all tries. Other answers are the caller's.
    func send(
        _ method: String, _ key: String = "", query: [(name: String, value: String)] = [], headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil, limit: Int = 1 << 20, isRepeatable: Bool = true
    ) async throws(AppError) -> HTTPAnswer {
        let items = query.map { "\($0.name)=\(Self.encoded($0.value))" }.joined(separator: "&")
        let path = key.isEmpty ? settings.bucket : "\(settings.bucket)/\(key)"
        var request = HTTPRequest(
            method, try WebAddress("\(settings.endpoint.origin)/\(path)\(items.isEmpty ? "" : "?\(items)")"),
            headers: headers + [
                ("Host", String(settings.endpoint.origin.split(separator: "/")[1])),
                ("x-amz-content-sha256", SHA256.hash(body ?? []).hex),
            ], body: body)
        request.signing = AWSSigning(
            region: settings.region, service: "s3", accessKey: settings.accessKey, secretKey: settings.secretKey)
        request.limit = limit
        request.timeout = .seconds(60)
        var wait = Duration.milliseconds(200)
        var tries = 1
        while true {
            let result = await answer(to: request)
            if case .success(let answer) = result, answer.status < 500 || answer.status == 507 { return answer }
            if Task.isCancelled { throw AppError(.cancelled) }
            guard tries < Self.tries, isRepeatable || result.isRefusal else { return try result.get() }
            tries += 1
            await sleep(wait)
            wait *= 4
        }
    }

    private func answer(to request: HTTPRequest) async -> Result<HTTPAnswer, AppError> {
        do {
            return .success(try await client.send(request))
        } catch let error as OutboundError {
            return .failure(AppError(.unavailable, "The place of files does not answer", detail: "\(settings): \(error)"))
        } catch { return .failure(AppError(.internalError, detail: "\(error)")) }
    }

    /// What an answer that is none of the expected ones means.
    func failure(_ answer: HTTPAnswer, _ what: String) -> AppError {
        let code = XMLText(answer.body).first("Code") ?? ""
        let detail = "\(settings): \(what) answered \(answer.status) \(code)"
        switch answer.status {
        case 404 where code != "NoSuchBucket": return AppError(.notFound, detail: detail)
        case 507: return AppError(.storageFull, detail: detail)
        default: return AppError(.unavailable, "The place of files does not answer as it should", detail: detail)
        }
    }

    /// Everything but the unreserved characters of RFC 3986 section 2.3 as `%` and two digits.
    static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 97...122, 65...90, 48...57, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): bytes.append(byte)
            default: bytes.append(contentsOf: "%\(Hex.encode([byte]).uppercased())".utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Result<HTTPAnswer, AppError> {
    /// Whether the service said that it did not do it.
    fileprivate var isRefusal: Bool { if case .success(let answer) = self { answer.status == 503 } else { false } }
}
