import Tokens
import Wire

/// Seals bytes for one tenant, and opens them: AES-256-GCM with the tenant's data key for this handler. Where the key is destroyed with its tenant,
/// nothing that it sealed can be read again, wherever a copy lies.
///
/// What is sealed is 33 bytes longer, names the version of the key, and opens for the same handler, tenant and purpose alone.
public struct TenantSealer: Sendable {
    private let seal: TenantSeal

    init(_ keys: [DataKey], tenant: TenantID) throws(AppError) {
        guard !keys.isEmpty else {
            throw AppError(.internalError, detail: "no data key was given; does the manifest say `encryption: tenant`?")
        }
        seal = try TenantSeal(try SecretRing(keys.map { SecretRing.Version(id: Int($0.version), bytes: $0.key) }), tenant: tenant)
    }

    /// Seals bytes. `purpose` says what they are, for example `client secret` and an id: whoever opens them must name the same.
    public func seal(_ plain: [UInt8], for purpose: String) throws(AppError) -> [UInt8] { try seal.seal(plain, for: purpose) }

    /// What was sealed. Throws `FORBIDDEN` where it is another tenant's or purpose's, a bit has changed, or the key is no more.
    public func open(_ sealed: [UInt8], for purpose: String) throws(AppError) -> [UInt8] { try seal.open(sealed, for: purpose) }

    /// Whether something was sealed with another version of the key than what is sealed now: it is best sealed anew where it is written anyway.
    public func needsResealing(_ sealed: [UInt8]) -> Bool { seal.needsResealing(sealed) }

    /// Whether bytes have the form of something that a data key sealed.
    public static func isSealed(_ bytes: [UInt8]) -> Bool { TenantSeal.isSealed(bytes) }
}

extension Exchange {
    /// Recorded, since a replay has neither keys nor the same nonces.
    func seal(_ plain: [UInt8], for purpose: String) throws(AppError) -> [UInt8] {
        if let player { return try player.sealed() }
        let result = Result { () throws(AppError) in try sealer().seal(plain, for: purpose) }
        recorder?.sealed(result)
        return try result.get()
    }

    func open(_ sealed: [UInt8], for purpose: String) throws(AppError) -> [UInt8] {
        if let player { return try player.sealed() }
        let result = Result { () throws(AppError) in try sealer().open(sealed, for: purpose) }
        recorder?.sealed(result)
        return try result.get()
    }

    private func sealer() throws(AppError) -> TenantSealer { try TenantSealer(head.dataKeys, tenant: head.tenant) }

    /// Asks the gateway for the keys of a tenant.
    func sealer(of tenant: TenantID) async throws -> TenantSealer {
        let answer = try await call(keysOf: tenant)
        return try TenantSealer(try answer.decode(NamedDataKeys.self).dataKeys, tenant: tenant)
    }
}

extension Invocation {
    /// Seals bytes with the tenant's data key; see ``TenantSealer/seal(_:for:)``. The manifest says `encryption: tenant`.
    public func seal(_ plain: [UInt8], for purpose: String) throws(AppError) -> [UInt8] { try exchange.seal(plain, for: purpose) }

    /// Opens what was sealed for this tenant; see ``TenantSealer/open(_:for:)``.
    public func open(_ sealed: [UInt8], for purpose: String) throws(AppError) -> [UInt8] { try exchange.open(sealed, for: purpose) }
}

extension OperatorInvocation {
    /// Seals bytes with the tenant's data key; see ``TenantSealer/seal(_:for:)``. The manifest says `encryption: tenant`, and the tenant is there.
    public func seal(_ plain: [UInt8], for purpose: String) throws(AppError) -> [UInt8] { try exchange.seal(plain, for: purpose) }

    /// Opens what was sealed for this tenant; see ``TenantSealer/open(_:for:)``.
    public func open(_ sealed: [UInt8], for purpose: String) throws(AppError) -> [UInt8] { try exchange.open(sealed, for: purpose) }
}

extension SystemInvocation {
    /// Seals bytes with the tenant's data key; see ``TenantSealer/seal(_:for:)``. The manifest says `encryption: tenant`, and the call is for a tenant.
    public func seal(_ plain: [UInt8], for purpose: String) throws(AppError) -> [UInt8] { try exchange.seal(plain, for: purpose) }

    /// Opens what was sealed for this tenant; see ``TenantSealer/open(_:for:)``.
    public func open(_ sealed: [UInt8], for purpose: String) throws(AppError) -> [UInt8] { try exchange.open(sealed, for: purpose) }
}

extension JobInvocation {
    /// Seals bytes with the tenant's data key; see ``TenantSealer/seal(_:for:)``. The manifest says `encryption: tenant`, and the job is for a tenant.
    public func seal(_ plain: [UInt8], for purpose: String) throws(AppError) -> [UInt8] { try exchange.seal(plain, for: purpose) }

    /// Opens what was sealed for this tenant; see ``TenantSealer/open(_:for:)``.
    public func open(_ sealed: [UInt8], for purpose: String) throws(AppError) -> [UInt8] { try exchange.open(sealed, for: purpose) }
}

extension AnonymousInvocation {
    /// Seals and opens for a tenant that became known on the way. The manifest says `encryption: any`, which only the product's handlers may. Not
    /// recorded. Throws `NOT_FOUND` where there is no such tenant.
    public func sealer(of tenant: TenantID) async throws -> TenantSealer { try await exchange.sealer(of: tenant) }
}
