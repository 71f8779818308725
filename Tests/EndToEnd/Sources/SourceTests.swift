import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Sources as their owner has them: made, tried, run, paused, changed, removed; and what nobody may learn.
    @Suite("Sources", .testDatabase) struct Sources {
        private func json(_ world: SourcesWorld, _ path: String = "/json/items?page=1") -> JSONObject {
            ["url": .string(world.url(path)), "records": "$.items[*]", "time": "$.day", "metrics": [["name": "Amount", "path": "$.amount"]]]
        }

        @Test("a source on a schedule runs at once, and again when it is due; paused it stands still; removed its values stay") func life()
            async throws
        {
            try await SourcesWorld.run { world in
                let made = try await world.make("http_json", json(world), interval: 300)
                #expect(made.status == 201, "\(made.text)")
                let id = try made.json["id"]?.string ?? ""
                let first = try await world.settled(id, more: 0)
                #expect(first["trigger"] == "schedule" && first["status"] == "succeeded", "\(first)")
                #expect(try await world.pending() == 1)
                try await world.bringForward(id)
                _ = try await world.settled(id, more: 1)
                let paused = try await world.post("/data/sources/\(id)/pause")
                #expect(try paused.status == 200 && paused.json["status"] == "paused" && paused.json["next_run_at"] == .null, "\(paused.text)")
                #expect(try await world.pending() == 0)
                let asked = try await world.sync(id)
                #expect(asked["trigger"] == "manual" && asked["status"] == "succeeded", "\(asked)")
                #expect(try await world.pending() == 0)
                let resumed = try await world.post("/data/sources/\(id)/resume")
                #expect(try resumed.json["status"] == "active", "\(resumed.text)")
                _ = try await world.settled(id, more: 3)
                #expect(try await world.host.request("DELETE", "/data/sources/\(id)", token: world.token).status == 204)
                #expect(try await world.pending() == 0)
                #expect(try await world.count("app.source_runs") == 0)
                #expect(try await world.values().count == 2)
                for path in ["sync", "pause", "resume", "test"] { #expect(try await world.post("/data/sources/\(id)/\(path)").status == 404) }
                let audit = try await world.get("/audit/events?limit=50")
                let actions = audit["events"]?.array?.compactMap { $0["action"]?.string } ?? []
                #expect(
                    Set(["source.made", "source.paused", "source.resumed", "source.run_asked", "source.removed"]).isSubset(of: actions), "\(actions)")
            }
        }

        @Test("credentials are sealed, sent to their host alone, and never read back; they do not follow a changed address") func credentials()
            async throws
        {
            try await SourcesWorld.run { world in
                let id = try await world.source("http_json", json(world, "/echo"), credentials: ["token": "sesame-open"])
                _ = try await world.sync(id)
                #expect(try await world.asked("/echo") == 1)
                let shown = try await world.host.get("/data/sources/\(world.business)", token: world.token)
                #expect(shown.text.contains(#""has_credentials":true"#) && !shown.text.contains("sesame"), "\(shown.text)")
                let stored = try await TestDatabase.current.query("select credentials from app.data_sources")[0].bytes(0)
                #expect(!String(decoding: stored, as: UTF8.self).contains("sesame") && stored.count > 40)
                let everywhere = try await TestDatabase.current.query(
                    "select count(*) from app.audit_log a where a::text like '%sesame%'")[0].int64(0)
                #expect(everywhere == 0)
                var away = json(world)
                away["url"] = "https://evil.example/x"
                func change(_ config: JSONObject, _ credentials: JSONObject? = nil) async throws -> HTTPAnswer {
                    var body: JSONObject = ["name": "changed", "config": .object(config), "interval_seconds": 0]
                    if let credentials { body["credentials"] = .object(credentials) }
                    return try await world.host.request(
                        "PUT", "/data/sources/\(id)", token: world.token, headers: [("content-type", "application/json")],
                        body: Array(JSONValue.object(body).description.utf8))
                }
                let refused = try await change(away)
                #expect(refused.status == 400 && refused.text.contains("credentials"), "\(refused.text)")
                let same = try await change(json(world, "/echo?again"))
                #expect(same.status == 200 && same.text.contains(#""has_credentials":true"#), "\(same.text)")
                let without = try await change(json(world), [:])
                #expect(without.status == 200 && without.text.contains(#""has_credentials":false"#), "\(without.text)")
            }
        }

        @Test("addresses inside a network are refused when a source is made, tried, and when it runs") func inside() async throws {
            try await SourcesWorld.run { world in
                for url in [
                    "http://169.254.169.254/latest/meta-data", "http://10.0.0.1/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "ftp://example.com/",
                    "http://user@example.com/", "file:///etc/passwd", "http://192.168.1.1:22/", "gopher://127.0.0.1/",
                ] {
                    var config = json(world)
                    config["url"] = .string(url)
                    #expect(try await world.make("http_json", config).status == 400, "\(url)")
                    let tried = try await world.host.post(
                        "/data/sources/test", token: world.token, json: ["type": "http_json", "config": .object(config)])
                    #expect(tried.status == 400, "\(url): \(tried.text)")
                }
                #expect(try await world.count("app.data_sources") == 0)
            }
        }

        @Test("a trial stores nothing, shows what would come, and says what is wrong") func trial() async throws {
            try await SourcesWorld.run { world in
                let good = try await world.host.post(
                    "/data/sources/test", token: world.token, json: ["type": "http_json", "config": .object(json(world))])
                #expect(try good.status == 200 && good.json["ok"] == true && good.json["sample"]?[0]?["value"] == 1.5, "\(good.text)")
                let bad = try await world.host.post(
                    "/data/sources/test", token: world.token, json: ["type": "http_json", "config": .object(json(world, "/fault/status/503"))])
                #expect(try bad.status == 200 && bad.json["ok"] == false && bad.json["error"]?["code"] == "provider_error", "\(bad.text)")
                let id = try await world.source("http_json", json(world))
                #expect(try await world.post("/data/sources/\(id)/test").json["ok"] == true)
                #expect(try await world.values().isEmpty)
                #expect(try await world.runs(id).isEmpty)
            }
        }

        @Test("what a public provider answered is given to every tenant that asks the same; what is a source's own is not") func shared() async throws
        {
            try await SourcesWorld.run { world in
                let other = try await world.other()
                let config: JSONObject = ["base": "EUR"]
                let first = try await world.sync(try await world.source("exchange_rates", config))
                let second = try await other.sync(try await other.source("exchange_rates", config))
                #expect(first["requests_shared"] == 0 && second["requests_shared"] == 1 && second["status"] == "succeeded", "\(first) \(second)")
                #expect(try await world.asked("/v4/latest/EUR") == 1)
                // The account's name is nobody else's affair.
                let places: JSONObject = ["queries": ["Paris"]]
                _ = try await world.sync(try await world.source("geonames", places, credentials: ["username": "ours-alone"]))
                let theirs = try await other.sync(try await other.source("geonames", places, credentials: ["username": "unknown"]))
                #expect(theirs["status"] == "succeeded" && theirs["requests_shared"] == 1, "\(theirs)")
                let kept = try await TestDatabase.current.query("select count(*) from reference.public_answers a where a::text like '%ours-alone%'")
                #expect(try kept[0].int64(0) == 0)
                _ = try await world.sync(try await world.source("http_json", json(world)))
                _ = try await other.sync(try await other.source("http_json", json(other)))
                #expect(try await world.asked("/json/items") == 2)
            }
        }

        @Test("no tenant takes more than a quarter of what a provider allows; the run says so, and others go on") func quota() async throws {
            try await SourcesWorld.run { world in
                let other = try await world.other()
                try await TestDatabase.current.execute(
                    """
                    insert into tenancy.provider_calls (tenant_id, provider, period_start, calls)
                    values ('\(world.member.tenant)', 'exchange_rates', to_timestamp(floor(extract(epoch from now()) / 2592000) * 2592000), 375)
                    """)
                let run = try await world.sync(try await world.source("exchange_rates", ["base": "USD"]))
                #expect(run["status"] == "failed" && run["error"]?["code"] == "quota_spent", "\(run)")
                #expect(try await other.sync(try await other.source("exchange_rates", ["base": "USD"]))["status"] == "succeeded")
            }
        }

        @Test("another tenant's source is not there, whatever is asked of it") func others() async throws {
            try await SourcesWorld.run { world in
                let other = try await world.other()
                let id = try await other.source("http_json", json(other))
                for path in ["sync", "pause", "resume", "test"] { #expect(try await world.post("/data/sources/\(id)/\(path)").status == 404) }
                #expect(try await world.host.get("/data/sources/\(id)/runs", token: world.token).status == 404)
                #expect(try await world.host.get("/data/sources/\(other.business)", token: world.token).status == 404)
                #expect(try await world.host.request("DELETE", "/data/sources/\(id)", token: world.token).status == 404)
                let taken = try await world.host.post(
                    "/data/sources", token: world.token,
                    json: ["business_id": .string("\(other.business)"), "name": "x", "type": "http_json", "config": .object(json(world))])
                #expect(taken.status == 404, "\(taken.text)")
            }
        }
    }
}
