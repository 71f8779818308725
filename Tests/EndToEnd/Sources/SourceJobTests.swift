import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Sources as jobs: by timers, by their own schedules, and because somebody asked.
    @Suite("Jobs of sources", .testDatabase) struct SourceJobs {
        private func json(_ world: SourcesWorld, _ path: String = "/json/items?page=1") -> JSONObject {
            ["url": .string(world.url(path)), "records": "$.items[*]", "time": "$.day", "metrics": [["name": "Amount", "path": "$.amount"]]]
        }

        private func made(_ answer: HTTPAnswer) throws -> String {
            guard answer.status == 201, let id = try answer.json["id"]?.string else { throw AppError(.internalError, answer.text) }
            return id
        }

        @Test("news, weather and rates run when their timers do, each its own kind; a source with an interval of its own does not") func timers()
            async throws
        {
            try await SourcesWorld.run { world in
                let news = try made(try await world.make("gdelt", ["query": "coffee"], interval: nil))
                let often = try made(try await world.make("gdelt", ["query": "tea house"], interval: 7200))
                let place: JSONValue = [["name": "Berlin", "latitude": 52.52, "longitude": 13.41]]
                let weather = try made(try await world.make("open_meteo", ["places": place], interval: nil))
                let rates = try made(try await world.make("exchange_rates", ["base": "EUR"], interval: nil))
                for (id, timer) in [(news, "scrape_news"), (weather, "fetch_weather"), (rates, "fetch_rates")] {
                    let first = try await world.settled(id, more: 0)
                    #expect(first["status"] == "succeeded" && first["trigger"] == "schedule", "\(first)")
                    let shown = try await world.show(id)
                    #expect(
                        shown?["timer"]?.string == timer && shown?["interval_seconds"] == .null && shown?["next_run_at"] == .null,
                        "\(String(describing: shown))")
                }
                _ = try await world.settled(often, more: 0)
                #expect(try await world.show(often)?["timer"] == .null)
                // The one with an interval waits for its next time; the others wait for their timers.
                #expect(try await world.pending() == 1)
                try await world.fire("scrape_news")
                let again = try await world.settled(news, more: 1)
                #expect(again["status"] == "succeeded" && again["trigger"] == "schedule", "\(again)")
                #expect(try await world.pending() == 1)
                for id in [often, weather, rates] { #expect(try await world.runs(id).count == 1, "\(id)") }
                try await world.fire("fetch_weather")
                _ = try await world.settled(weather, more: 1)
                try await world.fire("fetch_rates")
                _ = try await world.settled(rates, more: 1)
                let listed = try await world.get("/jobs/timers")["timers"]?.array ?? []
                let times = listed.filter { $0["handler"] == "sources" }.map { "\($0["name"]?.string ?? "") \($0["schedule"]?.string ?? "")" }
                #expect(times == ["fetch_rates @daily", "fetch_weather 0 */6 * * *", "scrape_news @hourly"], "\(times)")
                // Paused it is no timer's affair.
                #expect(try await world.post("/data/sources/\(news)/pause").status == 200)
                try await world.fire("scrape_news")
                #expect(try await world.runs(news).count == 2)
            }
        }

        @Test("a source that waits after a failure is left out by its timer until then") func waits() async throws {
            try await SourcesWorld.run { world in
                try await world.control("answer", ["path": "/v4/latest/GBP", "status": 429, "headers": ["Retry-After": "9000"], "times": 9])
                let id = try made(try await world.make("exchange_rates", ["base": "GBP"], interval: nil))
                let run = try await world.settled(id, more: 0)
                #expect(run["error"]?["code"] == "rate_limited", "\(run)")
                try await world.fire("fetch_rates")
                #expect(try await world.runs(id).count == 1)
                try await world.control("clear", [:])
                try await world.bringForward(id)
                let next = try await world.settled(id, more: 1)
                #expect(next["status"] == "succeeded", "\(next)")
                #expect(try await world.pending() == 0)
            }
        }

        @Test("a source whose job was cancelled by hand, or given up, is found by the next timer once its time has passed") func found() async throws
        {
            try await SourcesWorld.run { world in
                let id = try made(try await world.make("http_json", json(world), interval: 300))
                _ = try await world.settled(id, more: 0)
                let jobs = try await world.get("/jobs?status=scheduled")["jobs"]?.array ?? []
                let job = try #require(jobs.first { $0["kind"] == "sync_source" }?["id"]?.string)
                #expect(try await world.post("/jobs/\(job)/cancel").status == 200)
                #expect(try await world.pending() == 0)
                try await world.fire("fetch_rates")
                #expect(try await world.pending() == 0, "its time has not come")
                try await TestDatabase.current.execute("update app.data_sources set next_run_at = now() - interval '20 minutes'")
                try await world.fire("fetch_rates")
                _ = try await world.settled(id, more: 1)
                #expect(try await world.pending() == 1)
            }
        }

        @Test("asked for while its schedule waits: it runs once, and its next time counts from then; two who ask get one run") func asked()
            async throws
        {
            try await SourcesWorld.run { world in
                try await world.control("answer", ["path": "/json/items", "status": 200, "body": #"{"items": []}"#, "times": 1])
                let id = try made(try await world.make("http_json", json(world), interval: 3600))
                _ = try await world.settled(id, more: 0)
                let before = try #require(try await world.show(id)?["next_run_at"]?.string)
                try await world.control("answer", ["path": "/json/items", "status": 200, "body": #"{"items": []}"#, "times": 1, "after_s": 2])
                for _ in 0..<2 { #expect(try await world.post("/data/sources/\(id)/sync").status == 202) }
                let run = try await world.settled(id, more: 1)
                #expect(run["trigger"] == "manual" && run["status"] == "succeeded", "\(run)")
                #expect(try await world.runs(id).count == 2)
                #expect(try await world.pending() == 1)
                let after = try #require(try await world.show(id)?["next_run_at"]?.string)
                // Intervals are spread, so it may be a little earlier than it was.
                #expect(after != before)
            }
        }

        @Test("a tenant with many sources of a host that says nothing leaves room for another tenant's") func room() async throws {
            try await SourcesWorld.run { world in
                let other = try await world.other()
                let theirs = try await other.source("http_json", json(other))
                var ids: [String] = []
                for number in 0..<30 { ids.append(try await world.source("http_json", json(world, "/fault/silent?\(number)"))) }
                for id in ids { #expect(try await world.post("/data/sources/\(id)/sync").status == 202) }
                func running() async throws -> Int64 {
                    try await TestDatabase.current.query("select count(*) from app.source_runs where status = 'running'")[0].int64(0)
                }
                try await world.host.eventually("some of them run") { try await running() >= 8 }
                let run = try await other.sync(theirs)
                #expect(run["status"] == "succeeded", "\(run)")
                #expect(try await running() >= 8)
                let ended = try await TestDatabase.current.query(
                    "select count(*) from app.source_runs where tenant_id = $1 and status <> 'running'", [.id(world.member.tenant)])
                #expect(try ended[0].int64(0) == 0)
            }
        }

        @Test("trials of hosts that say nothing take few places at once: the rest is told to wait, and another tenant's go on") func trials()
            async throws
        {
            try await SourcesWorld.run { world in
                let other = try await world.other()
                func attempt(_ world: SourcesWorld, _ path: String) async throws -> HTTPAnswer {
                    try await world.host.post(
                        "/data/sources/test", token: world.token, json: ["type": "http_json", "config": .object(json(world, path))])
                }
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<20 { group.addTask { try await attempt(world, "/fault/silent?\(number)").status } }
                    try await world.host.eventually("some are asked") { try await world.asked("/fault/silent") >= 4 }
                    let theirs = try await attempt(other, "/json/items")
                    #expect(try theirs.status == 200 && theirs.json["ok"] == true, "\(theirs.text)")
                    return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
                }
                #expect(statuses.keys.sorted() == [200, 429] && (4...8).contains(statuses[200] ?? 0), "\(statuses)")
            }
        }

        @Test("changed or paused while it runs: that run stops and stores nothing; changed it begins anew, resumed it goes on") func superseded()
            async throws
        {
            try await SourcesWorld.run { world in
                try await world.control("answer", ["path": "/json/items", "body": #"{"items": [{"day": "2026-01-01", "amount": 7}]}"#, "after_s": 3])
                let id = try made(try await world.make("http_json", json(world), interval: 3600))
                try await world.host.eventually("it is asked") { try await world.asked("/json/items") == 1 }
                let body: JSONValue = ["name": "changed", "config": .object(json(world, "/json/items?page=2")), "interval_seconds": 3600]
                let changed = try await world.host.request(
                    "PUT", "/data/sources/\(id)", token: world.token, headers: [("content-type", "application/json")],
                    body: Array(body.description.utf8))
                #expect(changed.status == 200, "\(changed.text)")
                let run = try await world.settled(id, more: 1)
                #expect(run["status"] == "succeeded", "\(run)")
                #expect(try await world.runs(id).last?["status"] == "cancelled")
                #expect(try await world.values().allSatisfy { !$0.hasSuffix(" 7.0") })

                try await world.control("answer", ["path": "/json/items", "body": #"{"items": [{"day": "2026-01-01", "amount": 8}]}"#, "after_s": 3])
                try await world.bringForward(id)
                try await world.host.eventually("it is asked again") { try await world.runs(id).first?["status"] == "running" }
                #expect(try await world.post("/data/sources/\(id)/pause").status == 200)
                #expect(try await world.runs(id).first?["status"] == "cancelled")
                #expect(try await world.post("/data/sources/\(id)/resume").status == 200)
                let resumed = try await world.settled(id, more: 3)
                #expect(resumed["status"] == "succeeded", "\(resumed)")
                #expect(try await world.values().allSatisfy { !$0.hasSuffix(" 8.0") })
                try await world.host.eventually("one job waits") { try await world.pending() == 1 }
                #expect(try await world.host.request("DELETE", "/data/sources/\(id)", token: world.token).status == 204)
                try await world.host.eventually("none waits") { try await world.pending() == 0 }
            }
        }
    }
}
