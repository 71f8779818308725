import HandlerKit
import Imports

/// Puts the values of an import into the database, all or nothing, in one transaction; in a dry run it takes all of it back at the end.
struct ImportWriter: Sendable {
    let importID: UUID
    let attempt: Int32
    let isDryRun: Bool
    let database: TenantDatabase
    let makeID: @Sendable () -> UUID

    /// What a dry run ends with, so that nothing of it stays.
    private struct LookedOnly: Error {
        let result: ImportResult
    }

    /// Throws `CANCELLED` where somebody has asked it to stop, or has begun anew with it; `CONFLICT` where another import or an undo came in between, so
    /// that it is worth another try.
    func write(_ chunks: ImportSource) async throws -> ImportResult {
        // The first ones are read before the transaction is open, so that what cannot be read costs none.
        let first = try await chunks.next()
        do {
            return try await database.interactive { transaction in
                var run = ImportRun(writer: self, transaction: transaction)
                var current = first
                while let chunk = current {
                    async let next = chunks.next()
                    try await run.store(chunk)
                    current = try await next
                }
                return try await run.finish(await chunks.mapper)
            }
        } catch let looked as LookedOnly {
            try await keep(await chunks.mapper.refusals.kept, looked.result)
            return looked.result
        }
    }

    /// The end of a dry run: what it has found, in a transaction of its own.
    private func keep(_ refusals: [Refusal], _ result: ImportResult) async throws {
        let results = try await database.transaction(refusalCalls(refusals) + [ending(result)])
        guard results.last?.isEmpty == false else { throw Self.stopped }
    }

    /// Somebody has asked it to stop, or begun anew with it.
    fileprivate static let stopped = AppError(.cancelled, "The import was cancelled")

    fileprivate func refusalCalls(_ refusals: [Refusal]) -> [Call] {
        stride(from: 0, to: refusals.count, by: 1000).map { start in
            Call(ImportsSQL.refuse, [.uuid(importID)] + RefusalBinds(refusals[start..<min(start + 1000, refusals.count)], from: start).binds)
        }
    }

    fileprivate func ending(_ result: ImportResult) throws -> Call {
        Call(ImportsSQL.end, [.uuid(importID), .int32(attempt), .text("completed"), .null, .json(try JSON.encode(result))])
    }

    fileprivate static func looked(_ result: ImportResult) -> any Error { LookedOnly(result: result) }
}

/// One transaction of an import.
private struct ImportRun {
    let writer: ImportWriter
    let transaction: Transaction
    /// In the order of the series' numbers.
    private var sources: [UUID] = []
    private var anyHeldValues = false
    private var result = ImportResult()
    private var sinceCheck = 0

    init(writer: ImportWriter, transaction: Transaction) {
        self.writer = writer
        self.transaction = transaction
    }

    mutating func store(_ chunk: ImportChunk) async throws {
        if !chunk.newSeries.isEmpty { try await addSources(chunk.newSeries) }
        var calls: [Call] = []
        let id = Bind.uuid(writer.importID)
        let ids = Bind.uuids(sources)
        let isNew = !anyHeldValues && chunk.isFresh
        if !isNew {
            calls.append(
                Call(
                    ImportValuesSQL.keepReplaced,
                    [id, ids, .array(chunk.places), .array(chunk.times), .array(chunk.values), .bool(chunk.aggregation.gathers)]))
        }
        calls.append(
            Call(
                isNew ? ImportValuesSQL.storeNew : ImportValuesSQL.store,
                [id, ids, .array(chunk.places), .array(chunk.times), .array(chunk.values), .array(chunk.counts), .text(chunk.aggregation.rawValue)]))
        calls.append(Call(ImportsSQL.goesOn, [id, .int32(writer.attempt)]))
        var results = try await transaction.batch(calls)
        guard let goesOn = results.popLast(), !goesOn.isEmpty else { throw ImportWriter.stopped }
        let stored = results.popLast()
        result.valuesNew += isNew ? stored?.affected ?? 0 : Int(try stored?.first?.int64(0) ?? 0)
        if let found = results.popLast()?.first {
            let (kept, same, own, differing) = (try found.int64(0), try found.int64(1), try found.int64(2), try found.int64(3))
            let gathers = chunk.aggregation.gathers
            // What was written and had been there before is not new.
            result.valuesNew -= Int(kept + (gathers ? own : differing))
            result.valuesUnchanged += Int(same)
            result.valuesReplaced += Int(kept - (gathers ? same : 0))
        }
    }

    /// Makes and locks the sources of series that were not met before.
    private mutating func addSources(_ series: [Series]) async throws {
        let made = series.map { _ in writer.makeID() }
        let businesses = Bind.uuids(series.map(\.business))
        let names = Bind.texts(series.map(\.name))
        var units = BinaryArray(of: .text, capacity: series.count)
        var configs = BinaryArray(of: .json, capacity: series.count)
        for one in series {
            if let unit = one.unit { units.append(unit) } else { units.appendNull() }
            configs.append(json: one.config.description.utf8)
        }
        let results = try await transaction.batch([
            Call(ImportValuesSQL.makeSources, [.uuids(made), businesses, names, .array(units), .array(configs)]),
            Call(ImportValuesSQL.lockSources, [businesses, names]),
        ])
        guard results[1].count == series.count else { throw try await missing(Set(series.map(\.business))) }
        let own = Set(made)
        var isNew = BinaryArray(of: .bool, capacity: series.count)
        var ids: [UUID] = []
        for row in results[1] {
            let id = try row.uuid(0)
            ids.append(id)
            isNew.append(own.contains(id))
            if own.contains(id) { result.sourcesNew += 1 }
            if try row.bool(1) { anyHeldValues = true }
        }
        sources += ids
        _ = try await transaction.batch([Call(ImportValuesSQL.noteSources, [.uuid(writer.importID), .uuids(ids), .array(isNew)])])
    }

    /// Why sources are not there: a business is gone, or an undo has removed them in between.
    private func missing(_ businesses: Set<UUID>) async throws -> AppError {
        let known = try await transaction.rows(ImportsSQL.businesses, .uuids(Array(businesses))).first?.int64(0)
        guard known == Int64(businesses.count) else { return AppError(.notFound, "There is no such business") }
        return AppError(.conflict, "KPIs of this import were removed at the same time")
    }

    /// The end: refused rows, the result, and in a dry run back to where it began.
    mutating func finish(_ mapper: RowMapper) async throws -> ImportResult {
        result.take(mapper)
        if writer.isDryRun { throw ImportWriter.looked(result) }
        let results = try await transaction.batch(writer.refusalCalls(mapper.refusals.kept) + [try writer.ending(result)])
        guard results.last?.isEmpty == false else { throw ImportWriter.stopped }
        return result
    }
}

extension Series {
    /// What a source stands for.
    fileprivate var config: JSONValue {
        guard !dimensions.isEmpty else { return [:] }
        return ["metric": .string(metric), "dimensions": .object(JSONObject(dimensions.map { .init(name: $0.name, value: .string($0.value)) }))]
    }
}
