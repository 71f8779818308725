import Kernel
import Reactor

/// What a gateway keeps of tenants in its home: mails that were written to files, bodies on their way, the newest seals of audit logs, convictions.
struct TenantFiles: Sendable {
    private let home: String
    private let scratch: Scratch
    private let seals: KnownSeals
    private let convictions: ConvictionStore
    private let pool = BlockingPool(threads: 1, name: "erasure")

    init(home: String, scratch: Scratch, seals: KnownSeals, convictions: ConvictionStore) {
        self.home = home
        self.scratch = scratch
        self.seals = seals
        self.convictions = convictions
    }

    /// Removes all of a tenant's. What is not there is no failure.
    func remove(_ tenant: TenantID, mails: [UUID]) async throws {
        let mailFolder = "\(home)/mail"
        try await pool.run {
            for mail in mails { try File.remove("\(mailFolder)/\(mail).eml") }
        }
        try await scratch.forget(tenant)
        if seals.forget(tenant) { try await seals.save() }
        try await convictions.forget(tenant)
    }
}
