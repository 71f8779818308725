public import ArchiveFormat
public import Kernel

/// Writes a whole tenant as an archive: one snapshot, and never more than a piece of it in memory.
public struct TenantExport: Sendable {
    private let source: ArchiveSource
    private let now: Timestamp
    private let record: ArchiveRecord

    /// The session's transaction is a snapshot (`repeatable read`), its context names the tenant.
    public init(of tenant: TenantID, _ session: any ArchiveSession, at now: Timestamp, record: ArchiveRecord) {
        source = ArchiveSource(tenant: tenant, session: session)
        self.now = now
        self.record = record
    }

    /// Hands out the archive's bytes in order; the record that it leaves is of the transaction behind the snapshot.
    ///
    /// Throws `NOT_FOUND` where there is no such tenant, and what `write` throws.
    public func run(_ write: ([UInt8]) async throws -> Void) async throws -> ArchiveEnd {
        let (manifest, plan) = try await source.plan(at: now)
        var writer = ArchiveWriter(manifest)
        try await write(try writer.begin())
        for section in plan.sections {
            try await write(try writer.beginTable())
            try await source.read(section) { lines, count in
                try await write(try writer.append(lines: lines, count: count))
            }
        }
        let (bytes, end) = try writer.end()
        try await write(bytes)
        try await source.session.renew()
        try await record.leave(
            "tenant.exported", on: source.tenant, details: ["sha256": .string(end.sha256), "rows": .integer(end.total)], in: source.session)
        return end
    }
}
