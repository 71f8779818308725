import Addresses
public import Kernel
public import Outbound
import Synchronization
public import Tokens

/// Providers' documents and keys, fetched when they are needed and kept for a while; by provider, and so by tenant.
public final class ProviderCache: Sendable {
    /// How long a document counts.
    public static let lifetime = Duration.seconds(3600)
    /// Keys that a token does not find are fetched anew, but not more often than this: tokens that name nonsense cost one fetch.
    public static let keysPause = Duration.seconds(60)
    /// The most providers; the oldest make room.
    private static let most = 256

    private struct Kept: Sendable {
        let discovery: Discovery
        let at: ContinuousClock.Instant
        var keys: [JWSKey] = []
        var keysAt: ContinuousClock.Instant?
    }

    private let client: HTTPClient
    private let rules: ProviderRules
    private let kept = Mutex<[UUID: Kept]>([:])

    public init(_ client: HTTPClient, rules: ProviderRules) {
        self.client = client
        self.rules = rules
    }

    /// The provider's document. Throws `UNAVAILABLE` where it cannot be had or used.
    public func discovery(of provider: UUID, issuer: String, at now: ContinuousClock.Instant) async throws(AppError) -> Discovery {
        if let found = kept.withLock({ $0[provider] }), found.discovery.issuer == issuer, found.at.duration(to: now) < Self.lifetime {
            return found.discovery
        }
        let address = try Discovery.address(of: issuer)
        try rules.check(address, field: "issuer")
        let discovery = try Discovery(try await object(address, "its configuration"), issuer: issuer, rules: rules)
        kept.withLock { kept in
            if kept.count >= Self.most, let oldest = kept.min(by: { $0.value.at < $1.value.at }) { kept[oldest.key] = nil }
            kept[provider] = Kept(discovery: discovery, at: now)
        }
        return discovery
    }

    /// The provider's keys; `anew`: fetched again, unless that was done a moment ago.
    public func keys(of provider: UUID, _ discovery: Discovery, anew: Bool, at now: ContinuousClock.Instant) async throws(AppError) -> [JWSKey] {
        let found = kept.withLock { $0[provider] }
        if let found, let keysAt = found.keysAt, found.discovery.issuer == discovery.issuer {
            let age = keysAt.duration(to: now)
            if age < (anew ? Self.keysPause : Self.lifetime) { return found.keys }
        }
        guard let list = try await object(discovery.keys, "its keys")["keys"]?.array, list.count <= 100 else {
            throw Discovery.broken("it shows no keys")
        }
        let keys = list.compactMap { $0.object.flatMap { try? JWSKey(jwk: $0) } }
        kept.withLock { kept in
            kept[provider]?.keys = keys
            kept[provider]?.keysAt = now
        }
        return keys
    }

    /// A provider that was changed is read anew.
    public func forget(_ provider: UUID) { kept.withLock { $0[provider] = nil } }

    private func object(_ address: WebAddress, _ what: String) async throws(AppError) -> JSONObject {
        var request = HTTPRequest("GET", address, headers: [("accept", "application/json")])
        request.limit = 256 << 10
        let answer: HTTPAnswer
        do {
            answer = try await client.send(request)
        } catch {
            throw (error as? OutboundError)?.appError("The provider") ?? AppError(.unavailable, "The provider cannot be reached")
        }
        guard answer.status == 200, let object = try? JSON.read(answer.body).object else { throw Discovery.broken("\(what) cannot be read") }
        return object
    }
}
