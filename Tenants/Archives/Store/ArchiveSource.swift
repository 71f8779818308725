import ArchiveFormat
import Kernel
import Postgres

/// The reading end: a tenant's facts and lines, through a session with that tenant's context.
struct ArchiveSource: Sendable {
    /// Lines of about so many bytes are read at once.
    static let pieceBytes = 512 << 10

    let tenant: TenantID
    let session: any ArchiveSession

    /// The tables of this installation.
    static func tables(_ session: any ArchiveSession) async throws -> [TenantTable] {
        try await session.rows(CatalogueSQL.tables.text, []).map { row in
            try JSON.decode(TenantTable.self, from: try JSON.read(Array(try row.text(0).utf8)))
        }
    }

    /// How far the schema of this installation is.
    static func migrations(_ session: any ArchiveSession) async throws -> [ArchiveManifest.SeriesVersion] {
        try await session.rows(CatalogueSQL.migrations.text, []).map { .init(series: try $0.text(0), version: Int(try $0.int64(1))) }
    }

    /// The first line of the tenant's archive, with the queries for the rest. Throws `NOT_FOUND` where there is no such tenant.
    func plan(at now: Timestamp, forClone: Bool = false) async throws -> (manifest: ArchiveManifest, plan: ArchivePlan) {
        try await session.renew()
        guard let row = try await session.rows(CatalogueSQL.tenant.text, []).first else { throw AppError(.notFound, "There is no such tenant") }
        let facts = ArchivedTenant(
            id: tenant.uuid, slug: try row.text(0), name: try row.text(1), plan: try row.text(2), region: try row.text(3),
            timeZone: try row.text(4), weight: Int(try row.int64(5)), mfaRequired: try row.bool(6), createdAt: try row.timestamp(7))
        let plan = try ArchivePlan(try await Self.tables(session), forClone: forClone)
        let manifest = ArchiveManifest(
            madeAt: now, tenant: facts, migrations: try await Self.migrations(session), tables: plan.sections.map(\.table), leftOut: plan.leftOut)
        return (manifest, plan)
    }

    /// Hands out a section's lines piece by piece: joined by line ends, with their number.
    func read(_ section: ArchivePlan.Section, _ body: ([UInt8], Int) async throws -> Void) async throws {
        try await session.renew()
        _ = try await session.rows(CatalogueSQL.open(section.query), section.namesTenant ? [.uuid(tenant.uuid)] : [])
        while true {
            let row = try await session.rows(CatalogueSQL.fetch.text, [.int32(Int32(Self.pieceBytes))])[0]
            let count = Int(try row.int64(1))
            if count == 0 { break }
            try await body(try row.bytes(0), count)
            try await session.renew()
        }
        _ = try await session.rows(CatalogueSQL.close, [])
    }
}
