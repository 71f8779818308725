import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Unusual values from the write that brings them to the dashboard.
    @Suite("Anomalies of KPIs", .testDatabase) struct Detection {
        @Test("an unusual day is told with a sentence soon after it came, and no longer once it is put right") func told() async throws {
            try await RunningHost.run { host in
                let world = try await ForecastsWorld.make(host)
                let noisy = { (day: Int) in 100 + 5 * Double(day * 7919 % 13) / 13 }
                try await world.upload(0..<200) { $0 == 150 ? 900 : noisy($0) }
                try await RunningHost.eventually("it is told", within: .seconds(60)) { try await world.anomalies().isEmpty == false }
                try await world.settled()
                let found = try await world.anomalies()
                let spike = try #require(found.first { $0["timestamp"]?.string?.hasPrefix(ForecastsWorld.date(150)) == true }, "\(found)")
                #expect(spike["kind"] == "spike" && spike["severity"] == "high" && spike["value"] == 900 && spike["metric"] == "sales", "\(spike)")
                #expect(spike["explanation"]?.string?.hasPrefix("900 is above the expected 10") == true, "\(spike)")
                #expect((spike["expected"]?.number ?? 0) < 110)
                #expect(try await world.anomalies("?severity=high").count <= found.count)
                let before = try await world.anomalies("?to=\(ForecastsWorld.date(149))")
                #expect(before.allSatisfy { ($0["timestamp"]?.string ?? "z") < ForecastsWorld.date(150) })
                #expect(try await world.anomalies("?from=\(ForecastsWorld.date(150))T00:00:00Z&metric=sales").isEmpty == false)
                #expect(try await world.anomalies("?metric=other").isEmpty)

                // More days: what was said stays as it is.
                try await world.upload(200..<205, noisy)
                try await world.settled()
                #expect(try await world.anomalies().contains(spike))

                try await world.upload(150..<151, noisy)
                try await RunningHost.eventually("it is gone", within: .seconds(60)) {
                    try await world.anomalies().contains { $0["id"] == spike["id"] } == false
                }
                let other = try await ForecastsWorld.make(host, 2)
                #expect(try await other.anomalies().isEmpty)
                for (query, field) in [("severity=huge", "severity"), ("from=2026-01-02T00:00:00Z&to=2026-01-01", "to"), ("limit=501", "limit")] {
                    let answer = try await host.get("/dashboard/anomalies/\(world.business)?\(query)", token: world.token)
                    #expect(try answer.status == 400 && answer.json["error"]?["details"]?["field"]?.string == field, "\(answer.text)")
                }
            }
        }

        @Test("a KPI that goes away takes what was said of it along, and the look that was due finds nothing") func gone() async throws {
            try await RunningHost.run { host in
                let world = try await ForecastsWorld.make(host)
                try await world.upload(0..<100) { $0 == 80 ? 50_000 : ForecastsWorld.weekly($0) }
                try await RunningHost.eventually("it is told", within: .seconds(60)) { try await world.anomalies().isEmpty == false }
                try await world.settled()
                try await world.upload(100..<101, ForecastsWorld.weekly)
                try await TestDatabase.current.execute("delete from app.kpi_sources where tenant_id = '\(world.member.tenant)'")
                try await world.settled()
                let left = try await TestDatabase.current.query(
                    """
                    select (select count(*) from app.anomalies) + (select count(*) from app.forecasts) + (select count(*) from tenancy.kpi_changes),
                        (select count(*) from tenancy.jobs where handler = 'forecasts' and status <> 'completed')
                    """)[0]
                #expect(try left.int64(0) == 0 && left.int64(1) == 0)
            }
        }
    }
}
