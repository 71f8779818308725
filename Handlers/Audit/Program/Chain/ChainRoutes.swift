import AuditTrail
import HandlerKit
import Tokens

/// `GET /audit/verification`: seals what is open, then checks the whole chain and says where it breaks.
///
/// `seal` and `hash` (64 hexadecimal digits) name a seal that was the newest in an earlier answer, or in the host's log: if it is not there any more, the
/// end was cut off or the chain made anew, which nothing inside the database could tell.
struct ChainRoutes: Sendable {
    let keys: AuditKeys

    @RoutesBuilder var routes: [Route] {
        Route.get("/audit/verification", access: .bearer("audit:read"), summary: "Whether the audit log is what was sealed", writes: true) {
            [keys] (query: VerificationQuery, invocation: Invocation) async throws -> Verification in
            let ring = try keys.ring
            var isExtensible = true
            do {
                _ = try await Sealer(database: invocation.database, tenant: invocation.tenant, keys: ring).run()
            } catch let error as AppError where error.code == .conflict {
                isExtensible = false
            }
            let known = query.known
            let check = try await Verifier(database: invocation.database, tenant: invocation.tenant, keys: ring).run(known: known)
            return Verification(check, isExtensible: isExtensible, at: invocation.time.now())
        }
        // The host calls it for tenants for whom something was written, and says which seal was the newest before.
        Route.post("/internal/audit/seal", access: .system, summary: "Seal what is open") {
            [keys] (input: VerificationQuery, invocation: SystemInvocation) async throws -> SealedHead in
            guard let tenant = invocation.tenant else { throw AppError(.badRequest, "The log of which tenant?") }
            let (database, ring) = (try invocation.database, try keys.ring)
            do {
                let (head, _) = try await Sealer(database: database, tenant: tenant, keys: ring).run()
                var isIntact = head?.isAuthentic(of: tenant, keys: ring) ?? true
                if let known = input.known {
                    let found = try await database.rows(ChainSQL.seals, .int64(known.number - 1), .int64(known.number), .int32(1)).first
                    let isThere = try found.map { try AuditSeal($0).hash == known.hash } ?? false
                    isIntact = isIntact && isThere
                }
                return SealedHead(intact: isIntact, head: head.map { Verification.Head($0) })
            } catch let error as AppError where error.code == .conflict {
                return SealedHead(intact: false, head: nil)
            }
        }
    }
}

struct VerificationQuery: Decodable, Sendable, Validated {
    let seal: Int64?
    let hash: String?

    var known: ChainCheck.Known? {
        guard let seal, let hash, let bytes = Hex.decode(hash) else { return nil }
        return ChainCheck.Known(number: seal, hash: bytes)
    }

    func validate(_ issues: inout [AppError.Issue]) {
        issues.require((seal == nil) == (hash == nil), seal == nil ? "seal" : "hash", "expected both `seal` and `hash`, or none")
        issues.require((seal ?? 1) > 0, "seal", "expected a whole number from 1 on")
        if let hash { issues.require(hash.utf8.count == 64 && Hex.decode(hash) != nil, "hash", "expected 64 hexadecimal digits") }
    }
}

/// What the host hears of a tenant's chain.
struct SealedHead: Encodable, Sendable {
    /// Whether the newest seal is authentic and the one known before still stands in the chain.
    let intact: Bool
    let head: Verification.Head?
}

/// What a check found.
struct Verification: Encodable, Sendable {
    struct Head: Encodable, Sendable {
        let seal: Int64
        let hash: String
        let sealedAt: Timestamp

        init(_ seal: AuditSeal) {
            self.seal = seal.number
            hash = Hex.encode(seal.hash)
            sealedAt = seal.sealedAt
        }

        enum CodingKeys: String, CodingKey {
            case seal, hash
            case sealedAt = "sealed_at"
        }
    }

    struct Break: Encodable, Sendable {
        let kind: String
        let seal: Int64?
        let position: Int64?
        let eventID: UUID?

        enum CodingKeys: String, CodingKey {
            case kind, seal, position
            case eventID = "event_id"
        }
    }

    let intact: Bool
    let seals: Int
    let events: Int
    /// The newest seal: what to pass the next time.
    let head: Head?
    let breaks: [Break]
    let checkedAt: Timestamp

    enum CodingKeys: String, CodingKey {
        case intact, seals, events, head, breaks
        case checkedAt = "checked_at"
    }

    init(_ check: ChainCheck, isExtensible: Bool, at time: Timestamp) {
        intact = check.breaks.isEmpty && isExtensible
        seals = check.seals
        events = check.entries
        head = check.last.map { Head($0) }
        breaks = check.breaks.map { Break(kind: $0.kind.rawValue, seal: $0.seal, position: $0.position, eventID: $0.entry) }
        checkedAt = time
    }
}
