import HandlerKit
import Tabular

/// Puts the values of a file into the database, all or nothing.
struct UploadStore: Sendable {
    let business: UUID
    let database: TenantDatabase
    let makeID: @Sendable () -> UUID

    /// A file of one batch goes in one round trip; a longer one in a transaction on a connection of its own, where the next batch is read and parsed
    /// while the database stores the last. Throws `NOT_FOUND` where the tenant has no such business.
    func store(_ batches: BatchSource, _ file: UploadedFile) async throws -> UploadAnswer {
        let first = try await batches.next() ?? .empty
        let layout = try await batches.layout()
        let result: (stored: StoredCount, sources: [StoredSource])
        if let second = try await batches.next() {
            result = try await database.interactive { try await storeLong(first, second, batches, layout, $0) }
        } else {
            result = try await storeShort(first, layout)
        }
        return UploadAnswer(
            business: business, fileName: file.name, summary: await batches.summary, layout: layout, stored: result.stored, sources: result.sources)
    }

    private func storeShort(_ batch: ValueBatch, _ layout: TableLayout) async throws -> (StoredCount, [StoredSource]) {
        let results = try await database.transaction([makeSources(layout), sources(layout), store(batch, layout)])
        var stored = StoredCount()
        let found = try read(results[1])
        try stored.add(results[2])
        return (stored, found)
    }

    private func storeLong(
        _ first: ValueBatch, _ second: ValueBatch, _ batches: BatchSource, _ layout: TableLayout, _ transaction: Transaction
    ) async throws -> (StoredCount, [StoredSource]) {
        let found = try read(try await transaction.batch([makeSources(layout), sources(layout)])[1])
        var stored = StoredCount()
        try stored.add(try await transaction.batch([store(first, layout)])[0])
        var current: ValueBatch? = second
        while let batch = current {
            async let next = batches.next()
            try stored.add(try await transaction.batch([store(batch, layout)])[0])
            current = try await next
        }
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
