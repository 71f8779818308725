public import Addresses
public import Kernel
import Outbound

/// Requests to Stripe's HTTP API: forms out, JSON in. Reads, and writes that carry a key, are tried a second time where no answer came.
public struct StripeAPI: Sendable {
    /// The version whose shapes are meant; accounts may be set to another one.
    static let version = "2024-06-20"
    /// Of each try.
    static let timeout = Duration.seconds(8)

    private let base: String
    private let key: String
    private let client: HTTPClient

    /// `url` is where the API is, without a path. Throws `VALIDATION_ERROR` where that may not be reached.
    public init(url: String, key: String, outbound: OutboundRules) throws(AppError) {
        let address = try WebAddress(url, field: "TENANTRY_STRIPE_URL")
        // The key goes there: in the clear only where the installation opened the address, such as a test's on this machine.
        let opened = try outbound.guarding()
        guard address.scheme == .https || address.address.map(opened.isOpened) ?? false else {
            throw AppError.invalid("TENANTRY_STRIPE_URL", "expected a URL that begins with https://")
        }
        try outbound.check(address, field: "TENANTRY_STRIPE_URL")
        base = address.origin
        self.key = key
        client = try HTTPClient(outbound)
    }

    func get(_ path: String, _ query: [(String, String)] = []) async throws -> JSONObject {
        try await send("GET", path + (query.isEmpty ? "" : "?" + Self.form(query)), body: nil, key: nil)
    }

    /// `key`: Stripe answers the same request with the same key as it did before (its "Idempotent requests"; kept for a day).
    func post(_ path: String, _ form: [(String, String)], key: String) async throws -> JSONObject {
        try await send("POST", path, body: Array(Self.form(form).utf8), key: key)
    }

    func delete(_ path: String, _ form: [(String, String)], key: String) async throws -> JSONObject {
        try await send("DELETE", path, body: Array(Self.form(form).utf8), key: key)
    }

    private static func form(_ items: [(String, String)]) -> String { FormEncoding.encode(items.map { (name: $0.0, value: $0.1) }) }

    private func send(_ method: String, _ path: String, body: [UInt8]?, key idempotency: String?) async throws -> JSONObject {
        var headers = [
            (name: "authorization", value: "Bearer \(key)"), (name: "stripe-version", value: Self.version),
            (name: "accept", value: "application/json"),
        ]
        if body != nil { headers.append((name: "content-type", value: "application/x-www-form-urlencoded")) }
        if let idempotency { headers.append((name: "idempotency-key", value: idempotency)) }
        var request = HTTPRequest(method, try WebAddress(base + path), headers: headers, body: body)
        request.timeout = Self.timeout
        do {
            return try await once(request)
        } catch let error as OutboundError where error != .cancelled {
            try Task.checkCancellation()
            do { return try await once(request) } catch let error as OutboundError { throw error.appError("The payment provider") }
        }
    }

    private func once(_ request: HTTPRequest) async throws -> JSONObject {
        let answer = try await client.send(request)
        let object = (try? JSON.read(answer.body))?.object
        guard (200..<300).contains(answer.status) else { throw Self.error(answer.status, object?["error"]) }
        guard let object else { throw AppError(.unavailable, "The payment provider's answer cannot be read", detail: "Stripe: \(answer.status)") }
        return object
    }

    /// What an error of Stripe's is here ("Errors" of its reference). What it said stays in the log.
    static func error(_ status: Int, _ error: JSONValue?) -> AppError {
        let said = ["type", "code", "decline_code", "param", "message"].compactMap { name in error?[name]?.string.map { "\(name) \($0.prefix(200))" }
        }
        let detail = "Stripe: \(status) \(said.joined(separator: ", "))"
        switch status {
        case 402: return AppError(.paymentRequired, "The payment was declined; check the means of payment in the customer portal", detail: detail)
        case 404: return AppError(.notFound, "The payment provider does not know this", detail: detail)
        case 400, 409: return AppError(.conflict, "The payment provider refused this change", detail: detail)
        case 401, 403: return AppError(.unavailable, "The payment provider does not let this installation in; ask whoever runs it", detail: detail)
        case 429: return AppError(.unavailable, "The payment provider is busy; try again soon", retryAfter: .seconds(5), detail: detail)
        default: return AppError(.unavailable, "The payment provider has a problem; try again soon", detail: detail)
        }
    }
}
