import ArchiveFormat
public import Kernel

/// Copies a whole tenant into a new one of the same installation, in one transaction: a snapshot of the original, all of the copy or nothing of it.
public struct TenantClone: Sendable {
    private let source: ArchiveSource
    private let target: ImportTarget
    private let session: any ArchiveSession
    private let record: ArchiveRecord
    private let now: Timestamp

    /// The session's transaction is a snapshot (`repeatable read`), its context names the original.
    public init(of tenant: TenantID, as target: ImportTarget, _ session: any ArchiveSession, record: ArchiveRecord, at now: Timestamp) {
        source = ArchiveSource(tenant: tenant, session: session)
        self.target = target
        self.session = session
        self.record = record
        self.now = now
    }

    /// Throws as ``TenantImport/take(_:)``, and `NOT_FOUND` where there is no such tenant.
    public func run() async throws -> ImportedTenant {
        var (manifest, plan) = try await source.plan(at: now, forClone: true)
        manifest.tenant.createdAt = now
        try await record.leave("tenant.cloned", on: source.tenant, details: ["clone_id": .string(target.id.description)], in: session)
        var copy = TenantImport(target, session, record: record)
        try await copy.begin(manifest)
        var rows: [Int64] = []
        for (index, section) in plan.sections.enumerated() {
            var count = 0
            try await source.read(section) { lines, _ in
                let batch = try RowBatch(lines: lines, table: index, width: section.table.columns.count, firstLine: count + 1)
                count += batch.count
                try await copy.store(batch)
            }
            rows.append(Int64(count))
        }
        return try await copy.finish(ArchiveEnd(rows: rows, sha256: ""), action: "tenant.cloned_from")
    }
}
