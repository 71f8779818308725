import Articles
import Connectors
import HandlerKit

/// Stores records of a page in the tables where they belong, inside an open transaction.
struct Landing: Sendable {
    let business: UUID
    let source: UUID
    let makeID: @Sendable () -> UUID

    /// What became of them.
    struct Count: Sendable {
        var new: Int64 = 0
        var changed: Int64 = 0
        var unchanged: Int64 = 0
        var duplicate: Int64 = 0

        /// `there` of so many were there before, so many were written.
        mutating func add(given: Int, there: Int64, written: Int64) {
            let fresh = Int64(given) - there
            new += fresh
            changed += max(written - fresh, 0)
            unchanged += max(Int64(given) - written, 0)
        }
    }

    /// Records of one statement.
    private static let step = 5000

    func store(_ records: LandedRecords, _ transaction: Transaction) async throws -> Count {
        var count = Count()
        switch records {
        case .news(let articles):
            for part in Self.parts(articles) { try await store(part, transaction, &count) }
        case .weather(let weather):
            for part in Self.parts(Self.last(weather) { "\($0.location)\n\($0.kind)\n\($0.time.microseconds)" }) {
                try await upsert(Self.binds(part), keys: 3, part.count, LandingSQL.weatherThere, LandingSQL.weather, transaction, &count)
            }
        case .market(let market):
            for part in Self.parts(Self.last(market) { "\($0.symbol)\n\($0.time.microseconds)" }) {
                let binds: [Bind] = [.texts(part.map(\.symbol)), .timestamps(part.map(\.time)), .float8s(part.map(\.value))]
                try await upsert(binds, keys: 2, part.count, LandingSQL.marketThere, LandingSQL.market, transaction, &count)
            }
        case .places(let places):
            for part in Self.parts(Self.last(places) { "\($0.id)" }) {
                try await upsert(Self.binds(part), keys: 1, part.count, LandingSQL.placesThere, LandingSQL.places, transaction, &count)
            }
        case .values(let batch): try await store(batch, transaction, &count)
        }
        return count
    }

    /// Looks what is there, then writes: two statements in one round trip. The first `keys` of the binds say which rows they are.
    private func upsert(
        _ binds: [Bind], keys: Int, _ given: Int, _ there: Statement, _ write: Statement, _ transaction: Transaction, _ count: inout Count
    ) async throws {
        let results = try await transaction.batch([
            Call(there, [.uuid(business)] + binds.prefix(keys)), Call(write, [.uuid(business), .uuid(source)] + binds),
        ])
        count.add(given: given, there: try results[0][0].int64(0), written: try results[1][0].int64(0))
    }

    /// Articles that nobody has brought: neither the same page nor the same headline of these days.
    private func store(_ articles: ArraySlice<Article>, _ transaction: Transaction, _ count: inout Count) async throws {
        var (pages, titles): (Set<String>, Set<String>) = ([], [])
        let fresh = articles.filter { article in
            // The same twice in one answer.
            let isNewPage = pages.insert(article.urlKey).inserted
            return titles.insert(article.titleKey).inserted && isNewPage
        }
        func texts(_ value: (Article) -> String?) -> Bind {
            var array = BinaryArray(of: .text, capacity: fresh.count)
            for article in fresh { if let text = value(article) { array.append(text) } else { array.appendNull() } }
            return .array(array)
        }
        let rows = try await transaction.batch([
            Call(
                LandingSQL.news,
                [
                    .uuid(business), .uuid(source), .uuids(fresh.map { _ in makeID() }), texts(\.title), texts(\.content), texts(\.url),
                    texts(\.urlKey), texts(\.titleKey), texts(\.source), texts(\.language), texts(\.country),
                    texts(\.imageURL), .timestamps(fresh.map(\.publishedAt)),
                ])
        ])[0]
        let new = try rows[0].int64(0)
        count.new += new
        count.duplicate += Int64(articles.count) - new
    }

    private func store(_ batch: ValueBatch, _ transaction: Transaction, _ count: inout Count) async throws {
        guard !batch.series.isEmpty else { return }
        var units = BinaryArray(of: .text, capacity: batch.series.count)
        for one in batch.series { if let unit = one.unit { units.append(unit) } else { units.appendNull() } }
        let names = Bind.texts(batch.series.map(\.name))
        let made = try await transaction.batch([
            Call(ValuesSQL.makeSources, [.uuid(business), .uuid(source), .uuids(batch.series.map { _ in makeID() }), names, .array(units)]),
            Call(ValuesSQL.lockSources, [.uuid(business), names]),
        ])
        guard made[1].count == batch.series.count else { throw AppError(.notFound, "There is no such business") }
        let ids = Bind.uuids(try made[1].map { try $0.uuid(0) })
        for start in stride(from: 0, to: batch.values.count, by: Self.step) {
            let range = start..<min(start + Self.step, batch.values.count)
            var (places, times) = (BinaryArray(of: .int32, capacity: range.count), BinaryArray(of: .timestamp, capacity: range.count))
            for index in range {
                places.append(batch.places[index])
                times.append(Timestamp(microseconds: batch.times[index]))
            }
            let results = try await transaction.batch([
                Call(ValuesSQL.there, [ids, .array(places), .array(times)]),
                Call(ValuesSQL.store, [ids, .array(places), .array(times), .float8s(Array(batch.values[range]))]),
            ])
            count.add(given: range.count, there: try results[0][0].int64(0), written: try results[1][0].int64(0))
        }
    }

    private static func parts<Record>(_ records: [Record]) -> [ArraySlice<Record>] {
        stride(from: 0, to: records.count, by: step).map { records[$0..<min($0 + step, records.count)] }
    }

    /// Of several for one key the last: a statement may not write a row twice.
    private static func last<Record>(_ records: [Record], _ key: (Record) -> String) -> [Record] {
        var places: [String: Int] = [:]
        var kept: [Record] = []
        for record in records {
            if let place = places[key(record)] {
                kept[place] = record
            } else {
                places[key(record)] = kept.count
                kept.append(record)
            }
        }
        return kept
    }
}
