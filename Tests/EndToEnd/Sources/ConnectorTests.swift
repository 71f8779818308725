import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Each connector from its settings to its rows.
    @Suite("Connectors", .testDatabase) struct Connectors {
        @Test("news: cleaned, in their language, each page and each headline once; the dashboard shows them") func news() async throws {
            try await SourcesWorld.run { world in
                let id = try await world.source("gdelt", ["query": "coffee"])
                let first = try await world.sync(id)
                #expect(first["status"] == "succeeded" && first["records"]?["read"] == 5, "\(first)")
                #expect(first["records"]?["new"] == 4 && first["records"]?["duplicate"] == 1, "\(first)")
                let again = try await world.sync(id)
                #expect(again["records"]?["new"] == 0 && again["records"]?["duplicate"] == 5, "\(again)")
                let page = try await world.get("/dashboard/news/\(world.business)?limit=3")
                let articles = page["articles"]?.array ?? []
                #expect(
                    articles.count == 3 && articles[0]["title"] == "Coffee prices rise for a third week" && articles[0]["language"] == "en", "\(page)"
                )
                #expect(articles[1]["title"] == "Kaffeepreise steigen & Röster warnen" && articles[1]["source"] == "zeitung.example.de", "\(page)")
                let next = try await world.get("/dashboard/news/\(world.business)?limit=3&after=\(page["next"]?.string ?? "")")
                #expect(next["articles"]?.array?.count == 1 && next["next"] == .null, "\(next)")
                let french = try await world.get("/dashboard/news/\(world.business)?language=fr")
                #expect(french["articles"]?.array?.count == 1, "\(french)")
            }
        }

        @Test("weather, past weather, places and rates land in their tables; the same again changes nothing") func tables() async throws {
            try await SourcesWorld.run { world in
                let places: JSONValue = [
                    ["name": "Berlin", "latitude": 52.52, "longitude": 13.41], ["name": "Zürich", "latitude": 47.37, "longitude": 8.55],
                ]
                let forecast = try await world.source("open_meteo", ["places": places, "days": 2])
                let run = try await world.sync(forecast)
                #expect(run["status"] == "succeeded" && run["records"]?["new"] == 96 && run["requests"] == 1, "\(run)")
                let again = try await world.sync(forecast)
                #expect(again["records"]?["unchanged"] == 96 && again["requests_shared"] == 1, "\(again)")
                #expect(try await world.count("app.weather_data") == 96)

                let archive = try await world.source("open_meteo_archive", ["places": places, "from": "2024-01-01"])
                let years = try await world.sync(archive)
                #expect(years["status"] == "succeeded" && (years["requests"]?.integer ?? 0) >= 3, "\(years)")
                #expect(try await world.count("app.weather_data") > 96)

                let geo = try await world.source("geonames", ["queries": ["Berlin", "Nowhere-at-all"]], credentials: ["username": "demo"])
                let found = try await world.sync(geo)
                #expect(found["status"] == "succeeded" && found["records"]?["new"] == 1, "\(found)")
                let listed = try await world.get("/data/places/\(world.business)?query=ber")
                #expect(listed["places"]?[0]?["geoname_id"] == 2_950_159, "\(listed)")

                let rates = try await world.source("exchange_rates", ["base": "EUR", "symbols": ["USD", "CHF"]])
                let day = try await world.sync(rates)
                #expect(day["records"]?["new"] == 2, "\(day)")
                #expect(try await world.count("app.market_data") == 2)
            }
        }

        @Test("JSON page by page, CSV and a sheet become values of KPIs") func values() async throws {
            try await SourcesWorld.run { world in
                let json = try await world.source(
                    "http_json",
                    [
                        "url": .string(world.url("/json/items?page=1")), "records": "$.items[*]", "time": "$.day", "next": "$.next",
                        "metrics": [["name": "Amount", "path": "$.amount", "unit": "EUR"]],
                    ], credentials: ["token": "sesame"])
                let run = try await world.sync(json)
                #expect(run["status"] == "succeeded" && run["requests"] == 3 && run["records"]?["new"] == 6, "\(run)")
                #expect(try await world.values().first == "Amount 2026-01-01 1.5")
                let again = try await world.sync(json)
                #expect(again["records"]?["unchanged"] == 6, "\(again)")

                let csv = try await world.source("csv_url", ["url": .string(world.url("/csv/sales.csv"))])
                let table = try await world.sync(csv)
                #expect(table["status"] == "succeeded" && table["records"]?["new"] == 2, "\(table)")
                let sheet = try await world.source("google_sheet", ["url": "https://docs.google.com/spreadsheets/d/1AbC/edit#gid=0"])
                #expect(try await world.sync(sheet)["status"] == "succeeded")
                let hidden = try await world.source("google_sheet", ["url": "https://docs.google.com/spreadsheets/d/private/edit#gid=0"])
                let refused = try await world.sync(hidden)
                #expect(refused["status"] == "failed" && refused["error"]?["message"]?.string?.contains("share it") == true, "\(refused)")
            }
        }

        @Test("Postgres: a query's rows; what writes, what is wrong and what is inside a network is refused with its reason") func postgres()
            async throws
        {
            let server = try TestDatabase.current.superuser
            let (door, port) = try await SourcesWorld.start("postgres_door.py", ["\(server.host)/.s.PGSQL.\(server.port)"])
            let environment = SourcesWorld.environment(ports: [port], provider: port)
            try await RunningHost.run(.init(environment: environment)) { host in
                let world = try await SourcesWorld.make(host, port, environment)
                func config(_ query: String) -> JSONObject {
                    [
                        "host": "127.0.0.1", "port": .integer(Int64(port)), "database": .string(server.database), "user": .string(server.user),
                        "query": .string(query), "tls": "disable",
                    ]
                }
                let credentials: JSONObject = ["password": .string(server.password ?? "x")]
                let good = try await world.source(
                    "postgres", config("select date '2026-01-01' + n as day, n as sales from generate_series(1, 2500) n -- all;"),
                    credentials: credentials)
                let run = try await world.sync(good)
                #expect(run["status"] == "succeeded" && run["records"]?["new"] == 2500, "\(run)")
                for (query, code) in [
                    ("select * from no_such_table", "rejected"), ("select setval('x', 1)", "rejected"),
                    ("with x as (select 1) select pg_advisory_lock(1), now() as day, 1 as n) q; drop table t --", "rejected"),
                    ("with gone as (delete from pg_database returning 1) select now() as day, count(*) as n from gone", "rejected"),
                ] {
                    let failed = try await world.sync(try await world.source("postgres", config(query), credentials: credentials))
                    #expect(failed["error"]?["code"]?.string == code, "\(query): \(failed)")
                }
                let much = try await world.sync(
                    try await world.source(
                        "postgres", config("select now() as day, repeat('x', 4000) as note, n from generate_series(1, 5000) n"),
                        credentials: credentials))
                #expect(much["error"]?["code"] == "too_large", "\(much)")
                let many = try await world.sync(
                    try await world.source(
                        "postgres", config("select date '2026-01-01' as day, n from generate_series(1, 50001) n"), credentials: credentials))
                #expect(many["status"] == "succeeded" && many["records"]?["read"] == 50_000, "\(many)")
                #expect(many["refusals"]?[0]?["reason"]?.string?.contains("more than 50000 rows") == true, "\(many)")
                let wrong = try await world.sync(try await world.source("postgres", config("select 1"), credentials: ["password": "wrong"]))
                #expect(["not_allowed", "wrong_shape"].contains(wrong["error"]?["code"]?.string), "\(wrong)")
                var inside = config("select 1")
                inside["host"] = "10.0.0.1"
                #expect(try await world.make("postgres", inside, credentials: credentials).status == 400)
            }
            door.signal(SIGKILL)
        }
    }
}
