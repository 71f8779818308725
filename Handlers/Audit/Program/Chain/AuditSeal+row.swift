import AuditTrail
import HandlerKit

extension AuditSeal {
    /// A seal from a row with its columns in the order of ``ChainSQL``.
    init(_ row: Row) throws {
        self.init(
            number: try row.int64(0), keyID: Int(try row.int64(1)), previousHash: try row.bytes(2), entriesHash: try row.bytes(3),
            firstPosition: try row.int64(4), entryCount: Int(try row.int64(5)), sealedAt: try row.timestamp(6), hash: try row.bytes(7))
    }
}

/// The newest seal, and the database's time at which it was read.
struct ChainHead {
    let seal: AuditSeal?
    let now: Timestamp

    init(_ row: Row) throws {
        seal = row.isNull(0) ? nil : try AuditSeal(row)
        now = try row.timestamp(8)
    }

    /// What is sealed next begins here: no transaction is open so long that an entry of it would come later. Older ones were put in past it.
    var earliestOpen: Timestamp {
        seal.map { $0.sealedAt - Sealer.longestTransaction } ?? Timestamp(seconds: 0)
    }
}
