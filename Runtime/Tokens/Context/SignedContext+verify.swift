public import Kernel

extension SignedContext {
    /// Reads a signed text back and checks its signature, as the database does; the expiry is the caller's to compare.
    ///
    /// Throws `UNAUTHENTICATED`, with the reason in the detail.
    public static func verify(_ text: String, with keys: [SigningKey]) throws(AppError) -> SignedContext {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 11, parts[0] == version else { throw refused("expected eleven parts that begin with \(version)") }
        guard let id = number(parts[1]), let key = keys.first(where: { Int64($0.id) == id }) else { throw refused("the key is not known") }
        guard parts[10].utf8.count == 64, parts[10] == parts[10].lowercased(), let bytes = Hex.decode(parts[10]), let mac = Digest(bytes),
            key.hmac.isValid(mac, for: Array(text.utf8.dropLast(65)))
        else { throw refused("the signature does not fit") }
        guard let kind = Kind(rawValue: String(parts[2])), let tenant = UUID(parts[3]), let user = UUID(parts[4]),
            let attempt = number(parts[7]), let expiry = number(parts[8]), let invocation = InvocationID(String(parts[9]))
        else { throw refused("a signed part has no known form") }
        let role = Role(rawValue: String(parts[5]))
        guard role != nil || parts[5] == noRole else { throw refused("the role is not known") }
        return try SignedContext(
            kind: kind, tenant: tenant == .zero ? nil : TenantID(tenant), user: user == .zero ? nil : UserID(user), role: role,
            handler: String(parts[6]), attempt: Int(attempt), expiry: Timestamp(microseconds: expiry), invocation: invocation)
    }

    private static func number(_ text: Substring) -> Int64? {
        guard let value = Int64(text), value.description == text else { return nil }
        return value
    }

    private static func refused(_ reason: String) -> AppError {
        AppError(.unauthenticated, detail: "context refused: \(reason)")
    }
}
