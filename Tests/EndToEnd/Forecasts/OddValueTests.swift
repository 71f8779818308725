import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// KPIs that nobody would draw, from an upload to the dashboard.
    @Suite("Forecasts of odd KPIs", .testDatabase) struct OddValues {
        /// A value of each day, nil where none came.
        private static let odd: [(name: String, value: @Sendable (Int) -> String?)] = [
            ("one", { $0 == 0 ? "5" : nil }),
            ("two", { $0 < 2 ? "\($0)" : nil }),
            ("flat", { _ in "5" }),
            ("nothing", { _ in "0" }),
            ("gaps", { $0 % 9 < 2 ? "\($0)" : nil }),
            ("negative", { "-\(100 + $0 % 7)" }),
            ("huge", { $0 % 2 == 0 ? "1.7e308" : "-1.7e308" }),
            ("huge with gaps", { $0 % 60 < 7 && $0 > 60 ? nil : $0 % 2 == 0 ? "1.7e308" : "1.1e308" }),
            ("next to nothing", { $0 < 330 ? "0.\($0 * 7919 % 89 + 10)" : "1e-320" }),
            ("ordinary", { "\(ForecastsWorld.weekly($0))" }),
        ]
        private static let days = 500

        @Test("one value, two, flat, gappy, negative, the largest, next to nothing: a forecast or none, only numbers, and no job fails") func odd()
            async throws
        {
            try await RunningHost.run { host in
                let world = try await ForecastsWorld.make(host)
                var text = "date,\(Self.odd.map(\.name).joined(separator: ","))\n"
                for day in 0..<Self.days {
                    text += "\(ForecastsWorld.date(day)),\(Self.odd.map { $0.value(day) ?? "" }.joined(separator: ","))\n"
                }
                let answer = try await host.request(
                    "POST", "/data/upload?business_id=\(world.business)", token: world.token, headers: [("content-type", "text/csv")],
                    body: Array(text.utf8))
                #expect(answer.status == 201 || answer.status == 200, "\(answer.text)")
                // Bands around values at the end of the doubles are no finite numbers: such a KPI has no forecast.
                let expected = ["flat", "gaps", "negative", "next to nothing", "nothing", "ordinary"]
                try await RunningHost.eventually("what can be is forecast", within: .seconds(60)) {
                    try await world.forecasts("?metric=ordinary").isEmpty == false
                }
                try await world.settled()
                let forecasts = try await world.forecasts()
                #expect(forecasts.compactMap { $0["metric"]?.string } == expected, "\(forecasts.map { $0["metric"] ?? .null })")
                for forecast in forecasts {
                    let steps = try #require(forecast["prediction"]?.array)
                    #expect(!steps.isEmpty, "\(forecast["metric"] ?? .null)")
                    for step in steps {
                        let band = ["lo95", "lo80", "mean", "hi80", "hi95"].compactMap { step[$0]?.number }
                        #expect(band.count == 5 && band == band.sorted() && band.allSatisfy(\.isFinite), "\(forecast["metric"] ?? .null): \(step)")
                    }
                }
                let flat = try #require(forecasts.first { $0["metric"] == "flat" })
                #expect(flat["prediction"]?.array?.allSatisfy { $0["lo95"] == 5 && $0["mean"] == 5 && $0["hi95"] == 5 } == true)
                #expect(try await world.get("/dashboard/overview")["businesses"]?[0]?["forecasts"]?.array?.count == expected.count)
                for path in ["/dashboard/anomalies/\(world.business)", "/dashboard/metrics/\(world.business)?bucket=month"] {
                    #expect(try await host.get(path, token: world.token).status == 200)
                }
                let failed = try await TestDatabase.current.query(
                    "select kind, errors::text from tenancy.jobs where handler = 'forecasts' and (status <> 'completed' or attempt > 1)")
                #expect(try failed.map { "\(try $0.text(0)): \(try $0.text(1))" } == [])
            }
        }

        @Test(
            "words where numbers should be, endless numbers among them, are refused with their line, and never stored",
            arguments: ["NaN", "inf", "1e999"])
        func words(word: String) async throws {
            try await RunningHost.run { host in
                let world = try await ForecastsWorld.make(host)
                var text = "date,sales\n"
                for day in 0..<30 { text += "\(ForecastsWorld.date(day)),\(day == 20 ? word : "\(day)")\n" }
                let answer = try await host.request(
                    "POST", "/data/upload?business_id=\(world.business)", token: world.token, headers: [("content-type", "text/csv")],
                    body: Array(text.utf8))
                let refused = try answer.json["refused"]?.array ?? []
                #expect(refused.map { $0["line"] } == [22] && refused[0]["reason"]?.string?.contains("\"\(word)\"") == true, "\(answer.text)")
                let kept = try await TestDatabase.current.query("select count(*), max(value) from app.kpi_data")[0]
                #expect(try kept.int64(0) == 29 && (try kept.float8(1)) == 29)
            }
        }

        @Test("a KPI whose first values come while its business is forecast has its forecast soon, too") func late() async throws {
            try await RunningHost.run { host in
                let world = try await ForecastsWorld.make(host)
                let names = (0..<12).map { "kpi \($0 + 10)" }
                // It is there before all others, without values.
                try await TestDatabase.current.execute(
                    """
                    insert into app.kpi_sources (tenant_id, id, business_id, name, type)
                    values ('\(world.member.tenant)', '\(UUID(high: 1, low: 1))', '\(world.business)', 'late', 'upload')
                    """)
                try await world.upload(0..<90, of: names, ForecastsWorld.weekly)
                try await RunningHost.eventually("some are forecast", within: .seconds(60)) { try await world.forecasts().isEmpty == false }
                try await world.upload(0..<30, of: ["late"], ForecastsWorld.weekly)
                try await RunningHost.eventually("the late one is forecast", within: .seconds(60)) {
                    try await world.forecasts("?metric=late").count == 1
                }
                try await RunningHost.eventually("all others are", within: .seconds(60)) { try await world.forecasts("?limit=200").count == 13 }
            }
        }
    }
}
