import Kernel
import NIOCore
import Tokens
import Wire

extension Gateway {
    /// What an invocation is told of its client's `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header); nil where there is none, and for routes
    /// that do not write.
    ///
    /// Throws `BAD_REQUEST` for a key that cannot be one, and for a key of somebody who has not signed in: no tenant could keep its answer.
    func idempotency(
        _ head: RequestHead, _ route: ServedHandler.Route, _ parameters: [String], _ query: String, _ body: GatheredBody, _ principal: Principal?
    ) async throws(AppError) -> Idempotency? {
        guard let key = head.idempotencyKey, route.writes else { return nil }
        // Such a protocol names its messages itself.
        if case .webhook = route.rule { return nil }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw AppError(.badRequest, "Idempotency-Key: expected 1 to 255 visible ASCII characters without spaces")
        }
        if let principal, principal.isOperator, route.tenantPlace == nil {
            throw AppError(.badRequest, "Idempotency-Key is taken from operators only where the path names a tenant, which keeps the answer")
        }
        guard principal != nil else { throw AppError(.badRequest, "Idempotency-Key is only taken from callers who are signed in") }
        return Idempotency(key: key, fingerprint: try await fingerprint(head.method, route.path, parameters, query, body))
    }

    /// The same for two requests only where they ask for the same. Each part stands behind its length.
    private func fingerprint(
        _ method: String, _ path: String, _ parameters: [String], _ query: String, _ body: GatheredBody
    ) async throws(AppError) -> [UInt8] {
        var hash = SHA256()
        for part in [method, path] + parameters + [query] {
            hash.update(Self.length(part.utf8.count))
            hash.update(Array(part.utf8))
        }
        hash.update(Self.length(body.count))
        return try await body.hash(behind: hash).bytes
    }

    private static func length(_ count: Int) -> [UInt8] { withUnsafeBytes(of: UInt64(count).bigEndian) { Array($0) } }
}
