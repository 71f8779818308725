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

    func run() async throws {
        var after = try await job.checkpoint()?["after"]?.string.flatMap { UUID($0) } ?? .zero
        var weather: [Regressor]?
        while true {
            let rows = try await job.database.rows(
                ForecastsSQL.due, .uuid(input.business), .uuid(after), .bool(input.all ?? false), .int32(Int32(Self.together)))
            let kpis = try rows.map { try KPI($0) }
            guard let last = kpis.last else { break }
            if weather == nil { weather = try await job.database.weather(of: input.business, now: job.time.now()) }
            let calls = try await forecast(kpis, weather ?? [])
            after = last.id
            guard kpis.count == Self.together else {
                try await job.finish(calls)
                return
            }
            _ = try await job.database.transaction(calls + [job.advance(checkpoint: ["after": .string("\(after)")])])
        }
        try await job.finish()
    }

    private func forecast(_ kpis: [KPI], _ weather: [Regressor]) async throws -> [Call] {
        let now = job.time.now()
        let histories = try await KPIHistory.read(kpis, try job.database, now: now)
        let made = try await job.offload { histories.map { history in (history.kpi, forecasts(history, weather, now)) } }
        return try made.flatMap { kpi, forecasts in
            let kept = forecasts.map(\.frequency.rawValue)
            return [Call(ForecastsSQL.drop, [.uuid(kpi.id), .texts(kept)])] + (try forecasts.map { try $0.call(kpi, id: job.makeID()) })
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
