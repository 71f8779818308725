import Addresses
public import Kernel
public import Outbound
import Tokens

/// Trades an authorization code for an ID token (RFC 6749 section 4.1.3).
public enum CodeExchange {
    /// The request; `secret` is nil for a public client.
    public static func request(
        _ discovery: Discovery, code: String, verifier: String, redirect: String, client: String, secret: String?
    ) -> HTTPRequest {
        var items = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect), ("code_verifier", verifier)]
        var headers = [("accept", "application/json"), ("content-type", "application/x-www-form-urlencoded")]
        switch secret {
        case let secret? where !discovery.secretInForm:
            // Both are form-encoded before they are joined (section 2.3.1).
            let pair = Base64.standard.encode(Array("\(FormEncoding.escape(client)):\(FormEncoding.escape(secret))".utf8))
            headers.append(("authorization", "Basic \(pair)\(String(repeating: "=", count: (4 - pair.utf8.count % 4) % 4))"))
        case let secret?: items += [("client_id", client), ("client_secret", secret)]
        case nil: items.append(("client_id", client))
        }
        var request = HTTPRequest("POST", discovery.token, headers: headers.map { (name: $0.0, value: $0.1) })
        request.body = Array(FormEncoding.encode(items.map { (name: $0.0, value: $0.1) }).utf8)
        request.limit = 128 << 10
        return request
    }

    /// The ID token of an answer. Throws `UNAVAILABLE` where there is none; what the provider said stays in the detail.
    public static func token(_ answer: HTTPAnswer) throws(AppError) -> String {
        let object = try? JSON.read(answer.body).object
        guard answer.status == 200, let token = object?["id_token"]?.string else {
            throw AppError(
                .badRequest, "The provider did not confirm the sign-in; begin anew",
                detail: "token endpoint: \(answer.status) \(object?["error"]?.string?.prefix(100) ?? "")")
        }
        return token
    }
}
