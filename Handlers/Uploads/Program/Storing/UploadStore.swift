import HandlerKit
import Tabular

/// Puts the values of a file into the database, all or nothing.
struct UploadStore: Sendable {
    let business: UUID
    let database: TenantDatabase
    let makeID: @Sendable () -> UUID
    /// Counts the upload on the tenant's plan.
    let consumed: Call
    /// The line of the audit log that tells of what was stored.
    let audit: @Sendable (StoredCount) -> Call

    /// In one transaction on a connection of its own, where the next batch is read and parsed while the database stores the last. Throws `NOT_FOUND`
    /// where the tenant has no such business. `first` is the batch that was taken already.
    func store(_ batches: BatchSource, from first: ValueBatch, _ file: UploadedFile) async throws -> UploadAnswer {
        let layout = try await batches.layout()
        let second = try await batches.next()
        let result = try await database.interactive { try await store(first, second, batches, layout, $0) }
        return UploadAnswer(
            business: business, fileName: file.name, summary: await batches.summary, layout: layout, stored: result.stored, sources: result.sources)
    }

    private func store(
        _ first: ValueBatch, _ second: ValueBatch?, _ batches: BatchSource, _ layout: TableLayout, _ transaction: Transaction
    ) async throws -> (stored: StoredCount, sources: [StoredSource]) {
        let results = try await transaction.batch([consumed, makeSources(layout), sources(layout), store(first, layout)])
        let found = try read(results[2])
        var stored = StoredCount()
        try stored.add(results[3])
        var current = second
        while let batch = current {
            async let next = batches.next()
            try stored.add(try await transaction.batch([store(batch, layout)])[0])
            current = try await next
        }
        _ = try await transaction.batch([audit(stored)])
        return (stored, found)
    }

    private func makeSources(_ layout: TableLayout) -> Call {
        Call(UploadsSQL.makeSources, [.uuid(business), names(layout), .uuids(layout.values.map { _ in makeID() })])
    }

    private func sources(_ layout: TableLayout) -> Call { Call(UploadsSQL.sources, [.uuid(business), names(layout)]) }

    private func store(_ batch: ValueBatch, _ layout: TableLayout) -> Call {
        Call(UploadsSQL.store, [.uuid(business), names(layout), .array(batch.places), .array(batch.times), .array(batch.values)])
    }

    private func names(_ layout: TableLayout) -> Bind { .texts(layout.values.map(\.name)) }

    private func read(_ rows: Rows) throws -> [StoredSource] {
        guard !rows.isEmpty else { throw AppError(.notFound, "There is no such business") }
        return try rows.map { StoredSource(id: try $0.uuid(0), name: try $0.text(1)) }
    }
}

extension StoredCount {
    fileprivate mutating func add(_ rows: Rows) throws {
        guard let row = rows.first else { return }
        values += Int(try row.int64(0))
        self.rows += Int(try row.int64(1))
    }
}
