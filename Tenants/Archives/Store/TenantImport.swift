public import ArchiveFormat
import Kernel
import Postgres

/// Fills a new tenant with what an archive brings. All of it happens in the session's one transaction: nothing is there until that is committed, and
/// nothing may be committed unless ``finish(_:)`` has returned.
public struct TenantImport: Sendable {
    private let session: any ArchiveSession
    private let target: ImportTarget
    private let record: ArchiveRecord
    private var facts: ArchivedTenant?
    private var tables: [ImportTable] = []
    /// Members who have another id here than in the archive.
    private var people: [String: String] = [:]
    private var members = 0

    /// The session's context is an operator's, of whatever tenant.
    public init(_ target: ImportTarget, _ session: any ArchiveSession, record: ArchiveRecord) {
        self.target = target
        self.session = session
        self.record = record
    }

    /// Takes what a reader found, in its order; what was made once the end has come.
    ///
    /// Throws `UNPROCESSABLE_FILE` where the archive does not fit this installation or its rows cannot be stored, `CONFLICT` where the slug is taken,
    /// `VALIDATION_ERROR` for a plan that is not there.
    public mutating func take(_ event: ArchiveReader.Event) async throws -> ImportedTenant? {
        switch event {
        case .manifest(let manifest): try await begin(manifest)
        case .table: break
        case .rows(let batch): try await store(batch)
        case .end(let end): return try await finish(end)
        }
        return nil
    }

    /// Makes the tenant.
    mutating func begin(_ manifest: ArchiveManifest) async throws {
        let facts = manifest.tenant
        try await session.renew()
        tables = try ImportTable.match(
            manifest, with: try await ArchiveSource.tables(session), at: try await ArchiveSource.migrations(session))
        let slug = target.slug ?? facts.slug
        let binds: [Bind] = [
            .id(target.id), .text(slug), .text(target.name ?? facts.name), .text(plan(facts)), .text(facts.region), .text(facts.timeZone),
            .int32(Int32(clamping: facts.weight)), .bool(facts.mfaRequired), .text(target.kind.rawValue), .timestamp(facts.createdAt),
        ]
        let outcome = try await StoreFault.naming("tenant", lines: nil) {
            do {
                return try await session.rows(ImportSQL.begin.text, binds)[0].text(0)
            } catch let error as PostgresError where error.sqlState == "23503" {
                // Of all that a tenant's row refers to, the archive names the plan alone.
                throw AppError.invalid("plan", "there is no plan \(plan(facts)) here; name another one")
            }
        }
        switch outcome {
        case "created": self.facts = facts
        default:
            throw AppError(.conflict, "A tenant named \(slug) exists already; name another slug", issues: [.init(field: "slug", issue: "is taken")])
        }
        _ = try await session.rows(ImportSQL.wait, [])
    }

    /// Stores rows of one table.
    mutating func store(_ batch: RowBatch) async throws {
        let table = tables[batch.table]
        let lines = batch.firstLine...(batch.firstLine + batch.count - 1)
        if table.place == .control(.members), !target.takesMembers { return }
        try await session.renew()
        switch table.place {
        case .control(let kind):
            let binds = [Bind.id(target.id)] + Self.texts(batch)
            try await StoreFault.naming(table.name, lines: lines) {
                switch kind {
                case .roles: _ = try await session.rows(ImportSQL.roles.text, binds)
                case .members: try take(try await session.rows(ImportSQL.members.text, binds))
                }
            }
        case .table(let sql):
            _ = try await session.rows(ImportSQL.enter.text, [.id(target.id)])
            let binds = [Bind.id(target.id)] + (people.isEmpty ? Self.texts(batch) : mapped(batch, table))
            let stored = try await StoreFault.naming(table.name, lines: lines) { try await session.rows(sql, binds).affected }
            guard stored == batch.count else {
                throw AppError(.internalError, detail: "\(stored) of \(batch.count) rows of \(table.name) were stored")
            }
        }
    }

    /// Checks what waited for the end, leaves the record, and closes the tenant to this way of filling it.
    mutating func finish(_ end: ArchiveEnd, action: StaticString = "tenant.imported") async throws -> ImportedTenant {
        guard let facts else { throw AppError(.internalError, detail: "the end of an archive before its manifest") }
        let made = ImportedTenant(
            id: target.id, slug: target.slug ?? facts.slug, name: target.name ?? facts.name, plan: plan(facts), kind: target.kind,
            source: facts.slug, members: members, rows: end.total)
        try await session.renew()
        _ = try await session.rows(ImportSQL.enter.text, [.id(target.id)])
        try await record.leave(
            action, on: target.id,
            details: [
                "source": .string(facts.slug), "source_id": .string(facts.id.description), "sha256": .string(end.sha256), "rows": .integer(end.total),
            ],
            in: session)
        try await session.renew()
        _ = try await session.rows(ImportSQL.finish.text, [.id(target.id)])
        _ = try await StoreFault.naming("tables", lines: nil) { try await session.rows(ImportSQL.check, []) }
        return made
    }

    private func plan(_ facts: ArchivedTenant) -> String { target.plan ?? facts.plan }

    private mutating func take(_ found: Rows) throws {
        for row in found {
            let (archived, here) = (try row.uuid(0), try row.uuid(1))
            if archived != here { people[archived.description] = here.description }
        }
        members += found.count
    }

    private static func texts(_ batch: RowBatch) -> [Bind] {
        (0..<batch.width).map { column in
            var array = BinaryArray(of: .text, capacity: batch.count)
            for row in 0..<batch.count {
                if let cell = batch.cell(row, column) { array.append(utf8: cell) } else { array.appendNull() }
            }
            return .array(array)
        }
    }

    /// The same where a member's id is put in the place of the one in the archive.
    private func mapped(_ batch: RowBatch, _ table: ImportTable) -> [Bind] {
        (0..<batch.width).map { column in
            var array = BinaryArray(of: .text, capacity: batch.count)
            for row in 0..<batch.count {
                guard let cell = batch.cell(row, column) else {
                    array.appendNull()
                    continue
                }
                if let here = table.ids[column].mapped(cell, people) { array.append(utf8: here) } else { array.append(utf8: cell) }
            }
            return .array(array)
        }
    }
}
