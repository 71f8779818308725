public import Kernel

/// Seals what is one tenant's with a version of its data key (AES-256-GCM, see ``SealingRing``).
///
/// What is sealed opens for the same tenant and the same purpose only. It is 33 bytes longer than the plain bytes: the form (1), the key's version
/// (4, big-endian), the nonce (12), then the ciphertext and its tag (16).
public struct TenantSeal: Sendable {
    /// The first byte of all that is sealed so. What the installation's secrets seal begins with a small version's highest byte, which is 0.
    static let form: UInt8 = 1

    private let ring: SealingRing
    private let tenant: TenantID

    /// Over the versions of a tenant's data key, the one that seals first.
    public init(_ keys: SecretRing, tenant: TenantID) throws(AppError) {
        ring = try SealingRing(keys)
        self.tenant = tenant
    }

    /// Whether bytes have the form of something that a data key sealed, rather than a secret of the installation.
    public static func isSealed(_ bytes: [UInt8]) -> Bool { bytes.first == form }

    /// Seals bytes. `purpose` says what they are, for example `client secret` and an id: whoever opens them must name the same.
    public func seal(_ plain: [UInt8], for purpose: String) throws(AppError) -> [UInt8] {
        [Self.form] + (try ring.seal(plain, for: associated(purpose)))
    }

    /// What was sealed. Throws `FORBIDDEN` where it is another tenant's or purpose's, a bit has changed, or the version of the key is no more.
    public func open(_ sealed: [UInt8], for purpose: String) throws(AppError) -> [UInt8] {
        guard Self.isSealed(sealed) else { throw AppError(.forbidden, "no data key sealed it") }
        return try ring.open(Array(sealed.dropFirst()), for: associated(purpose))
    }

    /// Whether something was sealed with another version than the one that seals now: it is best sealed anew where it is written anyway.
    public func needsResealing(_ sealed: [UInt8]) -> Bool { !Self.isSealed(sealed) || ring.needsResealing(Array(sealed.dropFirst())) }

    private func associated(_ purpose: String) -> [UInt8] { Array("tenant data\n\(tenant)\n\(purpose)".utf8) }
}
