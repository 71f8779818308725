import AuditTrail
import HandlerKit
import Tokens

/// Makes a tenant's chain longer by what was written since its newest seal.
///
/// Of two that run at once each tries the same next number, and the database gives it to one; the other begins anew behind it. Writers are not waited
/// for and do not wait: an entry whose transaction commits later is found the next time.
struct Sealer: Sendable {
    /// How long after its beginning a transaction may still write an entry.
    static let longestTransaction = Duration.seconds(3600)
    /// The most entries of a batch.
    static let batch = 500

    let database: TenantDatabase
    let tenant: TenantID
    let keys: SecretRing

    /// How often the next number may be taken before it is no longer believed that others seal.
    private static let attempts = 20

    /// Seals all that can be seen now. The newest seal afterwards, nil for a log without entries, and how many entries were sealed.
    ///
    /// Throws `CONFLICT` where the chain cannot be made longer, because somebody changed it.
    func run() async throws -> (head: AuditSeal?, sealed: Int) {
        var sealed = 0
        var lost = 0
        while true {
            let head = try ChainHead(try await database.rows(ChainSQL.head)[0])
            let rows = try await database.rows(ChainSQL.open, .timestamp(head.earliestOpen), .int32(Int32(Self.batch)))
            let entries = try rows.map { try AuditEntry($0) }
            guard !entries.isEmpty else { return (head.seal, sealed) }
            let hashes = entries.map { $0.hash(of: tenant) }
            let seal = AuditSeal(after: head.seal, entries: hashes, of: tenant, at: head.now, keys: keys)
            if try await store(seal, entries.map(\.id), hashes) {
                (sealed, lost) = (sealed + entries.count, 0)
            } else {
                lost += 1
                guard lost < Self.attempts else { throw AppError(.conflict, "The chain of the audit log cannot be made longer") }
            }
        }
    }

    /// False where another one was first.
    private func store(_ seal: AuditSeal, _ ids: [UUID], _ hashes: [Digest]) async throws -> Bool {
        try await database.rows(
            ChainSQL.seal, .int64(seal.number), .int32(Int32(seal.keyID)), .bytes(seal.previousHash), .bytes(seal.entriesHash),
            .int64(seal.firstPosition), .int32(Int32(seal.entryCount)), .timestamp(seal.sealedAt), .bytes(seal.hash), .uuids(ids),
            .texts(hashes.map(\.hex))
        ).affected > 0
    }
}
