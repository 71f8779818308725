public import Kernel
import Tokens

/// Seals recordings for their tenants. Each tenant has a key of its own, derived from the installation's, which lies in `keys/recordings.key`.
public struct RecordingVault: Sendable {
    private let master: [UInt8]

    /// The installation's key; made where there is none. Blocks. Throws `INTERNAL_ERROR` for a file of another length.
    public init(home: String) throws(AppError) {
        let path = "\(home)/keys/recordings.key"
        if !File.exists(path) {
            try File.makeFolder("\(home)/keys")
            try File.write(SecureRandom.bytes(32), to: path)
        }
        try self.init(master: try File.read(path), path: path)
    }

    init(master: [UInt8], path: String = "") throws(AppError) {
        guard master.count == 32 else { throw AppError(.internalError, "\(path) has \(master.count) bytes, expected 32") }
        self.master = master
    }

    /// What is stored of a recording.
    func seal(_ recording: RecordedInvocation) throws(AppError) -> [UInt8] {
        try key(recording.tenant).seal(try recording.bytes(), for: Self.name(recording.tenant, recording.invocation))
    }

    /// Reads what was stored. Throws `FORBIDDEN` where it is another tenant's or invocation's, or this installation has another key.
    public func open(_ sealed: [UInt8], tenant: TenantID, invocation: InvocationID) throws(AppError) -> RecordedInvocation {
        try RecordedInvocation(bytes: try key(tenant).open(sealed, for: Self.name(tenant, invocation)))
    }

    private func key(_ tenant: TenantID) throws(AppError) -> SealingKey {
        try SealingKey(HKDF.derive(master, info: Array("tenantry recordings \(tenant)".utf8), count: 32))
    }

    private static func name(_ tenant: TenantID, _ invocation: InvocationID) -> [UInt8] { Array("\(tenant) \(invocation)".utf8) }
}
