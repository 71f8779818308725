import Forecasting
import HandlerKit

/// A KPI that is to be forecast.
struct KPI: Sendable {
    let id: UUID
    /// What becomes of several values in one step: as its import has said, else their mean.
    let aggregation: Aggregation
    /// Of its values.
    let revision: Int64

    init(_ row: Row) throws {
        id = try row.uuid(0)
        aggregation = try row.optionalText(1).flatMap { Aggregation(rawValue: $0) } ?? .mean
        revision = try row.int64(2)
    }
}

/// What is known of a KPI, as one job reads it.
struct KPIHistory: Sendable {
    let kpi: KPI
    private let parts: [(frequency: Frequency?, observations: [Observation])]

    /// More values than that, less than half a day apart, are gathered by the database.
    static let most = 5000

    /// Reads KPIs in one round trip, those with very many values in another one each.
    static func read(_ kpis: [KPI], _ database: TenantDatabase, now: Timestamp) async throws -> [KPIHistory] {
        let rows = try await database.transaction(kpis.map { Call(ValuesSQL.newest, [.uuid($0.id), .int64(Int64(most))]) })
        var histories: [KPIHistory] = []
        for (kpi, rows) in zip(kpis, rows) {
            let values = try rows.first.map { try PackedValues($0, 0) } ?? PackedValues()
            if values.count == most, let first = values.times.first, let last = values.times.last, last - first < Int64(most) * halfDay {
                histories.append(try await gathered(kpi, newest: Timestamp(microseconds: last), database, now: now))
            } else {
                histories.append(KPIHistory(kpi: kpi, parts: [(nil, observations(values))]))
            }
        }
        return histories
    }

    /// Its series; empty where there is too little to forecast from.
    func series(now: Timestamp) throws(AppError) -> [RegularSeries] {
        var found: [RegularSeries] = []
        for part in parts {
            guard let frequency = part.frequency else {
                found += try SeriesLevels.of(part.observations, aggregation: kpi.aggregation, now: now)
                continue
            }
            guard part.observations.count >= SeriesLevels.fewest else { continue }
            found.append(try RegularSeries(part.observations, frequency: frequency, aggregation: kpi.aggregation))
        }
        return found
    }

    private static let halfDay: Int64 = 43_200_000_000

    private static func gathered(_ kpi: KPI, newest: Timestamp, _ database: TenantDatabase, now: Timestamp) async throws -> KPIHistory {
        // As far back as the models look, and as a season of years needs.
        let wanted: [(frequency: Frequency, seconds: Int64, back: Duration)] = [
            (.hourly, 3600, .seconds(60 * 86_400)), (.daily, 86_400, .seconds(1100 * 86_400)),
        ]
        let rows = try await database.transaction(
            wanted.map {
                Call(
                    ValuesSQL.gathered,
                    [.uuid(kpi.id), .timestamp(newest - $0.back), .int32(Int32($0.seconds)), .text(kpi.aggregation.rawValue)])
            })
        let parts = try zip(wanted, rows).map { wanted, rows in
            // The first step is cut off by where reading began, the last one may go on.
            let steps = observations(try rows.first.map { try PackedValues($0, 0) } ?? PackedValues())
            return (frequency: wanted.frequency as Frequency?, observations: steps.dropFirst().filter { $0.time + .seconds(wanted.seconds) <= now })
        }
        return KPIHistory(kpi: kpi, parts: parts)
    }

    private static func observations(_ values: PackedValues) -> [Observation] {
        zip(values.times, values.values).map { Observation(time: Timestamp(microseconds: $0), value: $1) }
    }
}
