import HandlerKit
import Jobs

/// A tenant's timers: what they do next, what they did and why, held up and begun by hand.
enum TimerRoutes {
    @RoutesBuilder static var routes: [Route] {
        Route.get("/jobs/timers", access: .bearer("jobs:read"), summary: "List timers") {
            (_: NoInput, invocation: Invocation) async throws -> Response in
            try await invocation.database.rows(JobsSQL.timers).page("timers", limit: 10_000, cursor: "name")
        }
        Route.get("/jobs/timers/{handler}/{timer}/occurrences", access: .bearer("jobs:read"), summary: "Show what became of a timer's times, and why")
        {
            (query: OccurrenceQuery, invocation: Invocation) async throws -> Response in
            _ = try await timer(query.handler, query.timer, invocation)
            let limit = query.limit ?? 50
            let end = query.before ?? Timestamp(seconds: 253_402_300_799)
            return try await invocation.database.rows(
                JobsSQL.occurrences, .text(query.handler), .text(query.timer), .timestamp(end), .int32(Int32(limit + 1))
            ).page("occurrences", limit: limit, cursor: "fire_at")
        }
        Route.get("/jobs/timers/{handler}/{timer}/upcoming", access: .bearer("jobs:read"), summary: "Reckon a timer's next times") {
            (query: UpcomingQuery, invocation: Invocation) async throws -> Upcoming in
            let timer = try await timer(query.handler, query.timer, invocation)
            let name = timer["time_zone"]?.string.flatMap { $0 == TimerDefinition.tenantZone ? nil : $0 } ?? "UTC"
            let schedule = try Schedule(timer["schedule"]?.string ?? "")
            let after = query.after ?? invocation.time.now()
            let times = try await invocation.offload { () throws -> [Timestamp] in
                let zone = name == "UTC" ? TimeZone.utc : try TimeZone(name: name, file: try File.read("/usr/share/zoneinfo/\(name)"))
                return schedule.upcoming(after: after, count: query.count ?? 10, in: zone)
            }
            return Upcoming(timeZone: name, times: times)
        }
        for (action, summary) in [
            ("pause", "Hold up a timer; its times meanwhile are left out"), ("resume", "Let a timer go on"), ("run", "Make the timer's job now"),
        ] {
            Route.post("/jobs/timers/{handler}/{timer}/\(action)", access: .bearer("jobs:write"), summary: summary, body: .none) {
                (path: TimerPath, invocation: Invocation) async throws -> Response in
                let timer = try await invocation.database.interactive { transaction in
                    let binds: [Bind] = [.text(path.handler), .text(path.timer), .text(action), .uuid(invocation.makeID())]
                    guard let timer = try await transaction.batch([Call(JobsSQL.steerTimer, binds)])[0].only() else { throw missing }
                    _ = try await transaction.batch([
                        invocation.audit("timer.steered", target: ("timer", "\(path.handler)/\(path.timer)"), details: ["action": .string(action)])
                    ])
                    return timer
                }
                invocation.jobs.announce()
                return timer
            }
        }
    }

    struct Upcoming: Encodable, Sendable {
        let timeZone: String
        let times: [Timestamp]

        enum CodingKeys: String, CodingKey {
            case times
            case timeZone = "time_zone"
        }
    }

    private static let missing = AppError(.notFound, "There is no such timer")

    private static func timer(_ handler: String, _ name: String, _ invocation: Invocation) async throws -> JSONValue {
        for row in try await invocation.database.rows(JobsSQL.timers) {
            let timer = try JSON.read(try row.json(0))
            if timer["handler"]?.string == handler, timer["name"]?.string == name { return timer }
        }
        throw missing
    }
}
