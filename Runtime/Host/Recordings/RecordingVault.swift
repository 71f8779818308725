public import Kernel
import Tokens

/// Seals recordings with a key of their tenant that is derived from the tenant's data key: with that they are gone.
///
/// Those of before were sealed with a key derived from the installation's, in `keys/recordings.key` of its home; they still open.
public struct RecordingVault: Sendable {
    private static let use = "recordings"

    private let keys: DataKeys
    private let old: [UInt8]?

    /// Over tenants' data keys. `home` is where the key of before may lie; nil: nothing old is opened. Blocks where a home is named.
    public init(keys: DataKeys, home: String? = nil) throws(AppError) {
        self.keys = keys
        if let home, case let path = "\(home)/keys/recordings.key", File.exists(path) { old = try File.read(path) } else { old = nil }
    }

    /// What is stored of a recording.
    func seal(_ recording: RecordedInvocation) async throws(AppError) -> [UInt8] {
        try Self.seal(recording, with: try await keys.seal(of: recording.tenant, for: Self.use))
    }

    /// Reads what was stored. Throws `FORBIDDEN` where it is another tenant's or invocation's, or this installation has another key.
    public func open(_ sealed: [UInt8], tenant: TenantID, invocation: InvocationID) async throws(AppError) -> RecordedInvocation {
        let seal = TenantSeal.isSealed(sealed) ? try await keys.seal(of: tenant, for: Self.use) : nil
        return try Self.open(sealed, tenant: tenant, invocation: invocation, with: seal, old: old)
    }

    static func seal(_ recording: RecordedInvocation, with seal: TenantSeal) throws(AppError) -> [UInt8] {
        try seal.seal(try recording.bytes(), for: "\(recording.invocation)")
    }

    /// Old ones begin with any byte, so that both keys may have to be tried.
    static func open(
        _ sealed: [UInt8], tenant: TenantID, invocation: InvocationID, with seal: TenantSeal?, old: [UInt8]?
    ) throws(AppError) -> RecordedInvocation {
        var refusal = AppError(.forbidden, "this key does not open it, or it was changed")
        if let seal {
            do throws(AppError) {
                return try RecordedInvocation(bytes: try seal.open(sealed, for: "\(invocation)"))
            } catch {
                guard error.code == .forbidden else { throw error }
                refusal = error
            }
        }
        guard let old else { throw refusal }
        let key = try SealingKey(HKDF.derive(old, info: Array("tenantry recordings \(tenant)".utf8), count: 32))
        return try RecordedInvocation(bytes: try key.open(sealed, for: Array("\(tenant) \(invocation)".utf8)))
    }
}
