import Forecasting
import HandlerKit

/// Forecasts are made by jobs: each night for what has changed, soon for a KPI that is new, and when somebody asks.
enum ForecastJobs {
    /// Which business is forecast, and whether also what has not changed.
    struct Input: Codable, Sendable {
        let business: UUID
        let all: Bool?

        enum CodingKeys: String, CodingKey {
            case business = "business_id"
            case all
        }
    }

    @JobsBuilder static var jobs: [Job] {
        Job("run_forecasts", summary: "Forecast all KPIs with new values") { (_: NoInput, job) in
            let rows = try await job.database.rows(ForecastsSQL.businesses)
            try await job.finish(try rows.map { try call(job.jobs, try $0.uuid(0), all: false) })
        }
        Job("forecast_business", summary: "Forecast the KPIs of a business") { (input: Input, job) in
            try await BusinessRun(input: input, job: job).run()
        }
    }

    /// The call that makes the job of a business; one of each sort is there at most.
    static func call(_ jobs: JobQueue, _ business: UUID, all: Bool) throws -> Call {
        try jobs.call(
            "forecast_business", Input(business: business, all: all),
            .init(priority: all ? 5 : 7, uniqueKey: all ? "\(business)/all" : "\(business)"))
    }
}

/// One attempt to forecast a business: some KPIs at a time, each time with a checkpoint, so that the next attempt goes on behind them.
private struct BusinessRun: Sendable {
    let input: ForecastJobs.Input
    let job: JobInvocation

    /// KPIs that are read, forecast and kept together: the longest that a job computes without looking whether it is still wanted.
    private static let together = 8
    /// Which KPIs are due is read for so many: all revisions of the tenant are gone through for it.
    private static let page = 400

    func run() async throws {
        var after = try await job.checkpoint()?["after"]?.string.flatMap { UUID($0) } ?? .zero
        var weather: [Regressor]?
        // What cannot be forecast stays due.
        var seen: Set<UUID> = []
        var (isFirst, foundAny) = (true, true)
        // Who wants a job for a KPI that comes meanwhile is told that this one is there: so it looks again until nothing new is left.
        while foundAny {
            foundAny = false
            while true {
                let due = try await due(after, all: isFirst && input.all == true)
                let new = due.filter { !seen.contains($0.id) }
                for start in stride(from: 0, to: new.count, by: Self.together) {
                    let kpis = Array(new[start..<min(start + Self.together, new.count)])
                    if weather == nil { weather = try await job.database.weather(of: input.business, now: job.time.now()) }
                    let calls = try await forecast(kpis, weather ?? [])
                    // A later look begins anew, and has little left.
                    let checkpoint: JSONValue? = isFirst ? ["after": .string("\(new[start + kpis.count - 1].id)")] : nil
                    _ = try await job.database.transaction(calls + [job.advance(checkpoint: checkpoint)])
                    seen.formUnion(kpis.map(\.id))
                    foundAny = true
                }
                guard let last = due.last, due.count == Self.page else { break }
                after = last.id
            }
            (isFirst, after) = (false, .zero)
        }
        try await job.finish()
    }

    private func due(_ after: UUID, all: Bool) async throws -> [KPI] {
        let rows = try await job.database.rows(
            ForecastsSQL.due, .uuid(input.business), .uuid(after), .bool(all), .int32(Int32(Self.page)))
        return try rows.map { try KPI($0) }
    }

    private func forecast(_ kpis: [KPI], _ weather: [Regressor]) async throws -> [Call] {
        let now = job.time.now()
        let histories = try await KPIHistory.read(kpis, try job.database, now: now)
        let made = try await job.offload { histories.map { history in (history.kpi, forecasts(history, weather, now)) } }
        return try made.flatMap { kpi, forecasts in
            let kept = forecasts.map(\.frequency.rawValue)
            return [Call(ForecastsSQL.drop, [.uuid(kpi.id), .texts(kept), .int64(kpi.revision)])]
                + (try forecasts.map { try $0.call(kpi, id: job.makeID()) })
        }
    }

    private func forecasts(_ history: KPIHistory, _ weather: [Regressor], _ now: Timestamp) -> [KeptForecast] {
        do {
            return try history.series(now: now).map { KeptForecast($0, weather: weather) }.filter { $0.isFinite }
        } catch {
            // Values too far apart to be a series: others must not wait for that.
            job.logger.warning("a KPI cannot be forecast", metadata: ["source": "\(history.kpi.id)", "reason": "\(error)"])
            return []
        }
    }
}
