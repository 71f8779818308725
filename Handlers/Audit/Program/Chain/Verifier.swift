import AuditTrail
import HandlerKit
import Tokens

/// Reads a tenant's whole chain, piece by piece, and checks it against the key.
struct Verifier: Sendable {
    /// How many seals are read at once, and how many places.
    private static let seals = 100, places: Int64 = 1000

    let database: TenantDatabase
    let tenant: TenantID
    let keys: SecretRing

    /// Checks all up to the newest seal. `known` is one that somebody remembers.
    func run(known: ChainCheck.Known?) async throws -> ChainCheck {
        var check = ChainCheck(tenant, keys: keys, known: known)
        let head = try ChainHead(try await database.rows(ChainSQL.head)[0])
        var behind: Int64 = 0
        while let last = head.seal, behind < last.number {
            let rows = try await database.rows(ChainSQL.seals, .int64(behind), .int64(last.number), .int32(Int32(Self.seals)))
            guard !rows.isEmpty else { break }
            for row in rows {
                let seal = try AuditSeal(row)
                check.take(seal, places: try await places(of: seal))
                behind = seal.number
            }
        }
        let inserted = try await database.rows(ChainSQL.inserted, .timestamp(head.earliestOpen), .int32(Int32(ChainCheck.limit)))
        let uncovered = try await database.rows(ChainSQL.uncovered)[0].optionalInt64(0)
        check.end(firstUncovered: uncovered, inserted: try inserted.map { try $0.uuid(0) })
        return check
    }

    /// What stands at a seal's places; no more than a batch holds, since the count may be forged.
    private func places(of seal: AuditSeal) async throws -> [ChainCheck.Place] {
        let end = seal.firstPosition &+ min(Int64(seal.entryCount), Self.places)
        let rows = try await database.rows(ChainSQL.places, .int64(seal.firstPosition), .int64(end))
        return try rows.map { row in
            ChainCheck.Place(
                position: try row.int64(0), entryID: try row.uuid(1), entryHash: try row.bytes(2),
                entry: row.isNull(3) ? nil : try AuditEntry(row, from: 3))
        }
    }
}
