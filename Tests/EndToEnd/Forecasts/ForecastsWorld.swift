import Kernel
import Postgres
import TestSupport
import Testing

/// A tenant with a business, and what is said of its KPIs.
struct ForecastsWorld: Sendable {
    let host: RunningHost
    let member: Member
    let business: UUID
    let token: String

    static func make(_ host: RunningHost, _ number: Int = 1) async throws -> ForecastsWorld {
        try await make(host, of: try await Member.make(number), number)
    }

    /// Of a tenant that was there before the gateway, which therefore has its timers at once.
    static func make(_ host: RunningHost, of member: Member, _ number: Int = 1) async throws -> ForecastsWorld {
        ForecastsWorld(host: host, member: member, business: try await member.business(number), token: try host.token(member))
    }

    /// Uploads days from 2025-01-01 on; each KPI is a column.
    func upload(_ days: Range<Int>, of metrics: [String] = ["sales"], _ value: (Int) -> Double) async throws {
        var text = "date,\(metrics.joined(separator: ","))\n"
        for day in days {
            let number = "\(value(day))"
            text += "\(Self.date(day)),\(metrics.map { _ in number }.joined(separator: ","))\n"
        }
        let answer = try await host.request(
            "POST", "/data/upload?business_id=\(business)", token: token, headers: [("content-type", "text/csv")], body: Array(text.utf8))
        guard (200..<300).contains(answer.status) else { throw AppError(.internalError, "\(answer.status) \(answer.text)") }
    }

    static func date(_ day: Int) -> String { String("\(CalendarDate(daysSinceEpoch: 20_089 + day).midnight)".prefix(10)) }

    /// Weeks that are alike, but for a little.
    static func weekly(_ day: Int) -> Double { 100 + 30 * Double(day % 7) + Double(day * 7919 % 11) }

    func forecasts(_ query: String = "") async throws -> [JSONValue] {
        try await get("/dashboard/forecasts/\(business)\(query)")["forecasts"]?.array ?? []
    }

    func anomalies(_ query: String = "") async throws -> [JSONValue] {
        try await get("/dashboard/anomalies/\(business)\(query)")["anomalies"]?.array ?? []
    }

    func get(_ path: String) async throws -> JSONValue {
        let answer = try await host.get(path, token: token)
        guard answer.status == 200 else { throw AppError(.internalError, "GET \(path): \(answer.status) \(answer.text)") }
        return try answer.json
    }

    /// Waits until no job of forecasts is left to run.
    func settled(within limit: Duration = .seconds(60)) async throws {
        try await RunningHost.eventually("all looks and forecasts are over", within: limit) {
            try await TestDatabase.current.query(
                "select from tenancy.jobs where handler = 'forecasts' and tenant_id = $1 and finished_at is null", [.id(member.tenant)]
            ).isEmpty
        }
    }

    /// Lets the nightly timer fire now, and waits until it is done.
    func night() async throws {
        let answer = try await host.request("POST", "/jobs/timers/forecasts/run_forecasts/run", token: token)
        guard answer.status == 200 else { throw AppError(.internalError, "\(answer.status) \(answer.text)") }
        try await settled()
    }
}
