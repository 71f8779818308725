import Kernel
import Objects
import Reactor

/// What a gateway keeps of tenants in its home: mails that were written to files, bodies on their way, objects, the newest seals of audit
/// logs, convictions.
struct TenantFiles: Sendable {
    private let home: String
    private let scratch: Scratch
    private let seals: KnownSeals
    private let convictions: ConvictionStore
    private let objects: ObjectStore
    private let pool = BlockingPool(threads: 1, name: "erasure")

    init(home: String, scratch: Scratch, seals: KnownSeals, convictions: ConvictionStore, objects: ObjectStore) {
        self.home = home
        self.scratch = scratch
        self.seals = seals
        self.convictions = convictions
        self.objects = objects
    }

    /// Removes all of a tenant's. What is not there is no failure.
    func remove(_ tenant: TenantID, mails: [UUID]) async throws {
        let mailFolder = "\(home)/mail"
        try await pool.run {
            for mail in mails { try File.remove("\(mailFolder)/\(mail).eml") }
        }
        try await scratch.forget(tenant)
        try await objects.removeAll(of: tenant)
        if seals.forget(tenant) { try await seals.save() }
        try await convictions.forget(tenant)
    }
}
