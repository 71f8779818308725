import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Forecasts from an upload to the dashboard.
    @Suite("Forecasts of KPIs", .testDatabase) struct Forecasts {
        @Test("a new KPI is forecast soon, in the night only what has changed, and on demand all") func forecasts() async throws {
            let member = try await Member.make()
            try await RunningHost.run { host in
                let world = try await ForecastsWorld.make(host, of: member)
                #expect(try await world.forecasts().isEmpty)
                try await world.upload(0..<200, of: ["sales", "visits"], ForecastsWorld.weekly)
                try await RunningHost.eventually("both are forecast", within: .seconds(60)) { try await world.forecasts().count == 2 }
                try await world.settled()
                let first = try #require(try await world.forecasts("?metric=sales").first)
                #expect(first["frequency"] == "daily" && first["metric"] == "sales" && first["seasons"]?[0] == 7)
                let steps = try #require(first["prediction"]?.array)
                #expect(steps.count == 30)
                #expect(steps[0]["time"]?.string == "\(ForecastsWorld.date(200))T00:00:00Z", "\(steps[0])")
                for (index, step) in steps.enumerated() {
                    let band = ["lo95", "lo80", "mean", "hi80", "hi95"].compactMap { step[$0]?.number }
                    #expect(band.count == 5 && band == band.sorted(), "\(step)")
                    #expect(abs(band[2] - ForecastsWorld.weekly(200 + index)) < 20, "\(step)")
                    let parts =
                        (step["trend"]?.number ?? 0) + (step["special"]?.number ?? 0) + (step["weather"]?.number ?? 0)
                        + (step["seasons"]?[0]?.number ?? 0)
                    #expect(abs(parts - band[2]) < 0.01, "its components make the forecast: \(step)")
                }
                let weights = first["models"]?.array?.compactMap { $0["weight"]?.number } ?? []
                #expect(abs(weights.reduce(0, +) - 1) < 1e-6 && weights == weights.sorted(by: >))
                #expect((first["confidence"]?.number ?? 0) > 0.9 && (first["backtest"]?["origins"]?.number ?? 0) > 2, "\(first["backtest"] ?? .null)")
                #expect(first["history"]?["values"] == 200)

                // A night without anything new, then one with a week of sales.
                try await world.night()
                #expect(try await world.forecasts("?metric=sales").first?["created_at"] == first["created_at"])
                let visits = try await world.forecasts("?metric=visits").first
                try await world.upload(200..<207, of: ["sales"], ForecastsWorld.weekly)
                try await world.settled()
                try await world.night()
                let second = try #require(try await world.forecasts("?metric=sales").first)
                #expect(second["prediction"]?[0]?["time"]?.string == "\(ForecastsWorld.date(207))T00:00:00Z")
                #expect(second["id"] == first["id"] && second["created_at"] != first["created_at"])
                #expect(try await world.forecasts("?metric=visits").first == visits)

                let asked = try await host.request("POST", "/dashboard/forecasts/\(world.business)", token: world.token)
                #expect(try asked.status == 202 && asked.json["kpis"] == 2 && asked.json["is_new"] == true, "\(asked.text)")
                try await world.settled()
                #expect(try await world.forecasts("?metric=visits").first?["created_at"] != visits?["created_at"])
                let used = try await TestDatabase.current.query(
                    "select used from tenancy.quotas($1) where metric = 'forecasts'", [.id(world.member.tenant)])
                #expect(try used[0].int64(0) == 2)
            }
        }

        @Test("pages of forecasts; what is wrong with a query is said; another tenant's business is unknown") func pages() async throws {
            try await RunningHost.run { host in
                let world = try await ForecastsWorld.make(host)
                let other = try await ForecastsWorld.make(host, 2)
                try await world.upload(0..<30, of: ["a", "b", "c"], ForecastsWorld.weekly)
                try await RunningHost.eventually("all are forecast", within: .seconds(60)) { try await world.forecasts().count == 3 }
                let page = try await world.get("/dashboard/forecasts/\(world.business)?limit=2")
                #expect(page["forecasts"]?.array?.compactMap { $0["metric"]?.string } == ["a", "b"])
                let next = try #require(page["next"]?.string)
                let rest = try await world.get("/dashboard/forecasts/\(world.business)?limit=2&after=\(next)")
                #expect(rest["forecasts"]?.array?.compactMap { $0["metric"]?.string } == ["c"] && rest["next"] == .null)
                for (query, field) in [("frequency=often", "frequency"), ("limit=0", "limit"), ("limit=201", "limit"), ("after=x", "after")] {
                    let answer = try await host.get("/dashboard/forecasts/\(world.business)?\(query)", token: world.token)
                    #expect(try answer.status == 400 && answer.json["error"]?["details"]?["field"]?.string == field, "\(answer.text)")
                }
                for path in ["/dashboard/forecasts/\(world.business)", "/dashboard/anomalies/\(world.business)"] {
                    #expect(try await host.get(path, token: other.token).status == 404)
                }
                #expect(try await host.request("POST", "/dashboard/forecasts/\(world.business)", token: other.token).status == 404)
                #expect(try await other.forecasts().isEmpty)
            }
        }

        @Test("hours are forecast by the hour and by the day; too few values, endless ones and far times are left out") func shapes() async throws {
            try await RunningHost.run { host in
                let world = try await ForecastsWorld.make(host)
                let insert = """
                    with s as (
                        insert into app.kpi_sources (tenant_id, id, business_id, name, type, config)
                        values ($1, $2, $3, $4, 'api', '{"aggregation": "sum"}') returning tenant_id, id)
                    insert into app.kpi_data (tenant_id, source_id, "timestamp", value) select s.tenant_id, s.id, v.at, v.value from s,
                    """
                let series = [
                    (
                        "hours",
                        "(select timestamptz '2025-03-01Z' + n * interval '1 hour' as at, 10 + n % 24 as value from generate_series(0, 24 * 40 - 1) n) v"
                    ),
                    ("few", "(values (timestamptz '2025-01-01Z', 1), ('2025-01-02Z', 2)) v (at, value)"),
                    (
                        "strange",
                        """
                        (values (timestamptz 'infinity', 1::float8), ('-infinity', 2), ('0044-03-15Z BC', 3), ('294000-01-01Z', 4), ('2025-01-01Z', 'NaN'),
                            ('2025-01-02Z', 'infinity'), ('2025-01-03Z', 1e308), ('2025-01-04Z', -1e308), ('2025-01-05Z', 5e-324), ('2025-01-06Z', 1e308),
                            ('2025-01-07Z', 0)) v (at, value)
                        """
                    ),
                    (
                        "minutes",
                        """
                        (select timestamptz '2025-02-01Z' + n * interval '5 minutes' as at, 1 + (n / 12) % 24 as value
                         from generate_series(0, 12 * 24 * 30 - 1) n) v
                        """
                    ),
                ]
                for (number, (name, rows)) in series.enumerated() {
                    _ = try await TestDatabase.current.query(
                        insert + rows,
                        [.id(world.member.tenant), .uuid(UUID(high: 1, low: UInt64(number + 1))), .uuid(world.business), .text(name)])
                }
                try await RunningHost.eventually("they are forecast", within: .seconds(60)) {
                    try await world.forecasts("?metric=minutes").count == 2
                }
                try await world.settled()
                let hours = try await world.forecasts("?metric=hours")
                #expect(hours.compactMap { $0["frequency"]?.string } == ["daily", "hourly"])
                #expect(hours.first?["history"]?["values"] == 40 && hours.last?["history"]?["values"] == 960)
                let day = hours.first?["prediction"]?[0]?["mean"]?.number ?? 0
                #expect(abs(day - 516) < 1, "the sum of a day: \(day)")
                let minutes = try await world.forecasts("?metric=minutes&frequency=daily")
                #expect(abs((minutes.first?["prediction"]?[0]?["mean"]?.number ?? 0) - 12 * 300) < 1, "\(minutes.first?["prediction"]?[0] ?? .null)")
                #expect(try await world.forecasts("?metric=few").isEmpty)
                #expect(try await world.forecasts("?metric=strange").count == 1)
                #expect(
                    try await TestDatabase.current.query("select from tenancy.jobs where handler = 'forecasts' and status <> 'completed'").isEmpty)
            }
        }

        @Test("rain that keeps people away is foreseen as far as the weather at the business is known") func weather() async throws {
            try await RunningHost.run { host in
                let world = try await ForecastsWorld.make(host)
                // Rain of ten on eight days in 37, known three days ahead; observed ones as a day, forecast ones by the hour.
                let rain = { @Sendable (day: Int) -> Double in day * 31 % 37 < 8 ? 10.0 : 0.0 }
                let days: [Timestamp] = (0..<300).map { (day: Int) -> Timestamp in Timestamp(seconds: Int64(20_089 + day) * 86_400) }
                _ = try await TestDatabase.current.query(
                    """
                    insert into app.weather_data (tenant_id, business_id, location, kind, "timestamp", latitude, longitude, precipitation)
                    select $1, $2, 'Berlin', 'observed', d.at, 52, 13, d.rain from unnest($3::timestamptz[], $4::float8[]) d (at, rain)
                    """,
                    [
                        .id(world.member.tenant), .uuid(world.business), .timestamps(days),
                        .float8s((0..<300).map { (day: Int) -> Double in rain(day) }),
                    ])
                let ahead: [Int] = Array(7200..<7272)
                let start = Timestamp(seconds: 20_089 * 86_400)
                let hours: [Timestamp] = ahead.map { start + .seconds($0 * 3600) }
                let shares: [Double] = ahead.map { (hour: Int) -> Double in rain(hour / 24) / 24 }
                _ = try await TestDatabase.current.query(
                    """
                    insert into app.weather_data (tenant_id, business_id, location, kind, "timestamp", latitude, longitude, precipitation)
                    select $1, $2, 'Berlin', 'forecast', d.at, 52, 13, d.rain from unnest($3::timestamptz[], $4::float8[]) d (at, rain)
                    """,
                    [
                        .id(world.member.tenant), .uuid(world.business), .timestamps(hours),
                        .float8s(shares),
                    ])
                try await world.upload(0..<300) { (day: Int) -> Double in 10 * ForecastsWorld.weekly(day) - 40 * rain(day) }
                try await RunningHost.eventually("it is forecast", within: .seconds(60)) { try await world.forecasts().count == 1 }
                let steps = try #require(try await world.forecasts().first?["prediction"]?.array)
                for step in 0..<3 {
                    let weather = steps[step]["weather"]?.number ?? 0
                    #expect(rain(300 + step) > 0 ? weather < -200 : weather >= 0, "\(steps[step])")
                }
                #expect(steps[3...].allSatisfy { $0["weather"] == 0 })
            }
        }

        @Test("pitfall 39: a process that is killed in the middle of a night: each KPI has its forecast, and no job is left") func killed()
            async throws
        {
            try await RunningHost.run { host in
                let world = try await ForecastsWorld.make(host)
                let names = (0..<24).map { "kpi \($0)" }
                try await world.upload(0..<150, of: names, ForecastsWorld.weekly)
                for round in 1...2 {
                    try await RunningHost.eventually("some are forecast", within: .seconds(60)) { try await world.forecasts().count >= round * 8 }
                    for pid in try host.processes(of: "forecasts-handler") { kill(pid, SIGKILL) }
                }
                try await RunningHost.eventually("all are forecast", within: .seconds(100)) { try await world.forecasts().count == 24 }
                try await world.settled(within: .seconds(100))
                let dead = try await TestDatabase.current.query(
                    "select errors::text from tenancy.jobs where handler = 'forecasts' and status = 'dead'")
                let errors = try dead.map { try $0.text(0) }
                #expect(errors.isEmpty, "\(errors)")
            }
        }

        @Test("forecasts are made at 02:00 of the tenant's own zone") func night() async throws {
            let member = try await Member.make(1)
            try await TestDatabase.current.execute("update tenancy.tenants set time_zone = 'America/Los_Angeles'")
            try await RunningHost.run { host in
                let token = try host.token(member)
                var times = JSONValue.null
                try await RunningHost.eventually("the timer is there") {
                    let path = "/jobs/timers/forecasts/run_forecasts/upcoming?count=2&after=2026-07-01T00:00:00Z"
                    times = try await host.get(path, token: token).json["times"] ?? .null
                    return times != .null
                }
                #expect(times == ["2026-07-01T09:00:00Z", "2026-07-02T09:00:00Z"])
            }
        }
    }
}
