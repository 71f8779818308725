import Glibc
import Kernel
import Postgres
import TestSupport
import Testing

extension EndToEnd {
    /// Whatever goes wrong elsewhere stands in a source's history, in words.
    @Suite("Faults of sources", .testDatabase) struct SourceFaults {
        private func config(_ world: SourcesWorld, _ path: String) -> JSONObject {
            [
                "url": .string(path.hasPrefix("/") ? world.url(path) : path), "records": "$.rows[*]", "time": "$.day",
                "metrics": [["name": "Amount", "path": "$.amount"]],
            ]
        }

        @Test("each fault has its code and a sentence; the gateway and other sources go on") func faults() async throws {
            try await SourcesWorld.run { world in
                let expected: [(path: String, codes: Set<String>)] = [
                    ("/fault/bad_json", ["wrong_format"]), ("/fault/html", ["wrong_format"]), ("/fault/empty", ["empty_answer"]),
                    ("/fault/endless", ["too_large"]), ("/fault/status/500", ["provider_error"]), ("/fault/status/404", ["not_found"]),
                    ("/fault/status/401", ["not_allowed"]), ("/fault/rate_limited?retry_after=120", ["rate_limited"]),
                    ("/fault/loop", ["too_many_redirects"]), ("/fault/reset", ["unreachable", "wrong_format", "connection_lost"]),
                    ("/fault/not_http", ["wrong_format", "not_understood"]), ("/fault/cut", ["unreachable", "connection_lost"]),
                    ("/fault/not_utf8", ["wrong_format"]), ("/fault/redirect?to=http://169.254.169.254/latest", ["address_refused"]),
                    ("/fault/redirect?to=http://10.0.0.1/", ["address_refused"]),
                    ("/fault/redirect?to=http://2130706433/", ["address_refused", "not_understood"]),
                    ("/fault/bomb", ["too_large"]), ("/fault/long_head", ["too_large"]), ("/fault/bad_gzip", ["not_understood"]),
                    ("/fault/bad_escape", ["wrong_format"]), ("/fault/half_chunk", ["connection_lost", "not_understood"]),
                    ("/fault/rate_limited_until", ["rate_limited"]), ("http://nobody.invalid:\(world.port)/", ["name_unknown"]),
                ]
                var ids: [String] = []
                for (path, _) in expected { ids.append(try await world.source("http_json", config(world, path))) }
                for id in ids { #expect(try await world.post("/data/sources/\(id)/sync").status == 202) }
                for (id, (path, codes)) in zip(ids, expected) {
                    let run = try await world.settled(id, more: 0)
                    let error = run["error"]
                    #expect(run["status"] == "failed" && codes.contains(error?["code"]?.string ?? ""), "\(path): \(run)")
                    #expect((error?["message"]?.string?.count ?? 0) > 20, "\(path): \(run)")
                    if path.contains("retry_after=120") { #expect((error?["retry_after_seconds"]?.integer ?? 0) >= 119, "\(run)") }
                    if path.contains("until") { #expect((20...60).contains(error?["retry_after_seconds"]?.integer ?? 0), "\(run)") }
                }
                #expect(try await world.values().isEmpty)
                #expect(try await world.pending() == 0)
            }
        }

        @Test("who answers too slowly, stops in the middle or says nothing is given up in time, all side by side, tried and in the history")
        func slow()
            async throws
        {
            try await SourcesWorld.run { world in
                var ids: [String] = []
                for fault in ["slow", "stalled", "silent"] { ids.append(try await world.source("http_json", config(world, "/fault/\(fault)?run"))) }
                for id in ids { #expect(try await world.post("/data/sources/\(id)/sync").status == 202) }
                let found = try await withThrowingTaskGroup(of: (String, JSONValue).self) { group in
                    for fault in ["slow", "stalled", "silent"] {
                        group.addTask {
                            let body: JSONValue = ["type": "http_json", "config": .object(config(world, "/fault/\(fault)"))]
                            return (fault, try await world.host.post("/data/sources/test", token: world.token, json: body).json)
                        }
                    }
                    return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                }
                for (fault, answer) in found {
                    #expect(answer["ok"] == false, "\(fault): \(answer)")
                    #expect(["timed_out", "too_slow"].contains(answer["error"]?["code"]?.string), "\(fault): \(answer)")
                    #expect((answer["error"]?["message"]?.string?.count ?? 0) > 20, "\(fault): \(answer)")
                }
                for id in ids {
                    let run = try await world.settled(id, more: 0)
                    #expect(run["status"] == "failed" && ["timed_out", "too_slow"].contains(run["error"]?["code"]?.string), "\(run)")
                    #expect(run["error"]?["message"]?.string?.contains("tried again") == true, "\(run)")
                }
                #expect(try await world.pending() == 0)
            }
        }

        @Test("a NUL in what is said, as a name or as the reason of a refusal, is left out: the run ends, and the rest is kept") func controls()
            async throws
        {
            try await SourcesWorld.run { world in
                try await world.control(
                    "answer",
                    ["path": "/json/types", "body": #"[{"day": "2026-01-01", "m": "Sa\u0000les", "v": 1}, {"day": "\u0000", "m": "x", "v": 2}]"#])
                let run = try await world.sync(
                    try await world.source(
                        "http_json",
                        ["url": .string(world.url("/json/types")), "records": "$[*]", "time": "$.day", "metric": "$.m", "value": "$.v"]))
                #expect(run["status"] == "succeeded" && run["records"]?["new"] == 1 && run["records"]?["refused"] == 1, "\(run)")
                #expect(try await world.values() == ["Sa les 2026-01-01 1.0"])
                try await world.control("answer", ["path": "/v4/latest/", "body": #"{"error": "no \u0000 such"}"#])
                let refused = try await world.sync(try await world.source("exchange_rates", ["base": "EUR"]))
                #expect(refused["status"] == "failed" && refused["error"]?["message"]?.string?.hasSuffix("no   such") == true, "\(refused)")
            }
        }

        @Test("that a place is not known is not kept for ever, that it is known is") func nowhere() async throws {
            try await SourcesWorld.run { world in
                let id = try await world.source("geonames", ["queries": ["Berlin", "Nowhere"]], credentials: ["username": "demo"])
                let first = try await world.sync(id)
                #expect(first["status"] == "succeeded" && first["requests_shared"] == 0, "\(first)")
                let second = try await world.sync(id)
                #expect(second["status"] == "succeeded" && second["requests_shared"] == 1 && second["requests"] == 2, "\(second)")
                #expect(try await world.asked("/searchJSON") == 3)
            }
        }

        @Test("credentials that cannot be opened any more are told, when tried and when it runs") func sealed() async throws {
            try await SourcesWorld.run { world in
                let id = try await world.source("http_json", config(world, "/json/deep"), credentials: ["token": "sesame"])
                try await TestDatabase.current.execute("update app.data_sources set credentials = sha256('of another key') || sha256('and more')")
                let tried = try await world.post("/data/sources/\(id)/test")
                #expect(try tried.status == 200 && tried.json["ok"] == false && tried.json["error"]?["code"] == "settings", "\(tried.text)")
                let run = try await world.sync(id)
                #expect(run["status"] == "failed" && run["error"]?["code"] == "settings", "\(run)")
                #expect(try await world.asked("/json/deep") == 0)
            }
        }

        @Test("a certificate that nobody vouches for, or of another name, is refused when tried and when it runs") func certificate() async throws {
            let files = "/tmp/tenantry-certificate-\(getpid())"
            defer { for end in ["pem", "key"] { unlink("\(files).\(end)") } }
            let made = try await Blocking.run {
                try ChildProgram(
                    "/usr/bin/openssl",
                    [
                        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "\(files).key", "-out",
                        "\(files).pem", "-days", "2", "-subj", "/CN=other.test", "-addext", "subjectAltName=DNS:other.test",
                    ], environment: [:]
                ).finish()
            }
            try #require(made.status == 0, "\(made.printed)")
            let (server, port) = try await SourcesWorld.start("provider_server.py", ["\(files).pem", "\(files).key"])
            for authorities in [nil, "\(files).pem"] {
                var environment = SourcesWorld.environment(ports: [port], provider: port)
                environment["TENANTRY_CA_FILE"] = authorities
                try await RunningHost.run(.init(environment: environment)) { host in
                    let world = try await SourcesWorld.make(host, port, environment, authorities == nil ? 1 : 2)
                    var config = config(world, "/json/deep")
                    config["url"] = .string("https://127.0.0.1:\(port)/json/deep")
                    let tried = try await world.host.post(
                        "/data/sources/test", token: world.token, json: ["type": "http_json", "config": .object(config)])
                    #expect(try tried.json["error"]?["code"] == "insecure", "\(tried.text)")
                    let run = try await world.sync(try await world.source("http_json", config))
                    #expect(run["status"] == "failed" && run["error"]?["code"] == "insecure", "\(run)")
                }
            }
            server.signal(SIGKILL)
        }

        @Test("wrong types and missing fields: what can be read is kept, the rest is told; nothing at the path is said") func shapes() async throws {
            try await SourcesWorld.run { world in
                let run = try await world.sync(try await world.source("http_json", config(world, "/json/types")))
                #expect(run["status"] == "succeeded" && run["records"]?["new"] == 1 && run["records"]?["refused"] == 3, "\(run)")
                #expect(run["refusals"]?.array?.count == 3, "\(run)")
                let nothing = try await world.sync(try await world.source("http_json", config(world, "/fault/wrong_types")))
                #expect(nothing["status"] == "succeeded" && nothing["refusals"]?[0]?["reason"]?.string?.contains("$.rows") == true, "\(nothing)")
            }
        }

        @Test("what came before a fault is kept, and the next run goes on") func partial() async throws {
            try await SourcesWorld.run { world in
                let id = try await world.source(
                    "http_json",
                    [
                        "url": .string(world.url("/json/items?page=1")), "records": "$.items[*]", "time": "$.day", "next": "$.next",
                        "metrics": [["name": "Amount", "path": "$.amount"]],
                    ])
                try await world.control("answer", ["path": "/json/items?page=2", "status": 500, "times": 10])
                let run = try await world.sync(id)
                #expect(run["status"] == "partial" && run["error"]?["code"] == "provider_error" && run["records"]?["new"] == 2, "\(run)")
                #expect(try await world.values().count == 2)
                try await world.control("clear", [:])
                let next = try await world.sync(id)
                #expect(next["status"] == "succeeded" && next["records"]?["new"] == 4 && next["records"]?["unchanged"] == 2, "\(next)")
            }
        }

        @Test("each provider's answers of the wrong form are told in words, and given to nobody else") func providers() async throws {
            try await SourcesWorld.run { world in
                let providers: [(type: String, config: JSONObject, path: String)] = [
                    ("gdelt", ["query": "coffee"], "/api/v2/doc/doc"),
                    ("open_meteo", ["places": [["name": "Berlin", "latitude": 52.52, "longitude": 13.41]]], "/v1/forecast"),
                    ("geonames", ["queries": ["Berlin"]], "/searchJSON"), ("exchange_rates", ["base": "EUR"], "/v4/latest/EUR"),
                ]
                let faults: [(name: String, codes: [String?])] = [
                    ("bad_json", ["wrong_format"]), ("html", ["wrong_format"]), ("empty", ["empty_answer"]), ("wrong_types", ["wrong_shape"]),
                    ("missing_fields", ["wrong_shape", nil]), ("not_utf8", ["wrong_format"]),
                ]
                for (type, config, path) in providers {
                    let id = try await world.source(type, config, credentials: type == "geonames" ? ["username": "demo"] : nil)
                    for (fault, codes) in faults {
                        try await world.control("fault", ["path": .string(path), "name": .string(fault)])
                        let run = try await world.sync(id)
                        #expect(codes.contains(run["error"]?["code"]?.string), "\(type) \(fault): \(run)")
                        let told = run["error"]?["message"]?.string ?? run["refusals"]?[0]?["reason"]?.string
                        #expect((told?.count ?? 0) > 20 && run["records"]?["new"] == 0, "\(type) \(fault): \(run)")
                    }
                    let good = try await world.sync(id)
                    #expect(good["status"] == "succeeded" && good["requests_shared"] == 0, "\(type): \(good)")
                    #expect((good["records"]?["new"]?.integer ?? 0) > 0, "\(type): \(good)")
                }
            }
        }

        @Test("a year of past weather that came is kept where the next one fails, and the next run goes on behind it") func goesOn() async throws {
            try await SourcesWorld.run { world in
                let id = try await world.source(
                    "open_meteo_archive", ["places": [["name": "Berlin", "latitude": 52.52, "longitude": 13.41]], "from": "2024-01-01"])
                try await world.control(
                    "answer",
                    ["path": "/v1/archive", "body": #"{"daily": {"time": ["2024-01-01"], "temperature_2m_mean": [3.5], "precipitation_sum": [0]}}"#])
                try await world.control("answer", ["path": "/v1/archive", "status": 500, "times": 3])
                let run = try await world.sync(id)
                #expect(run["status"] == "partial" && run["error"]?["code"] == "provider_error" && run["records"]?["new"] == 1, "\(run)")
                try await world.control("clear", [:])
                let next = try await world.sync(id)
                #expect(next["status"] == "succeeded", "\(next)")
                let days = try await TestDatabase.current.query(
                    """
                    select min("timestamp" at time zone 'UTC')::date::text || ' ' || count(*) filter (where "timestamp" < '2024-12-24')
                        || ' ' || (min("timestamp") filter (where "timestamp" > '2024-01-01') at time zone 'UTC')::date
                    from app.weather_data
                    """)
                #expect(try days[0].text(0) == "2024-01-01 1 2024-12-24")
            }
        }

        @Test("a source on a schedule waits longer after each failure, and heeds Retry-After") func waits() async throws {
            try await SourcesWorld.run { world in
                try await world.control("answer", ["path": "/json/deep", "status": 429, "headers": ["Retry-After": "1000"], "times": 9])
                let made = try await world.make("http_json", config(world, "/json/deep"), interval: 3600)
                let id = try made.json["id"]?.string ?? ""
                _ = try await world.settled(id, more: 0)
                let source = try await world.show(id)
                #expect(source?["failures"] == 1, "\(String(describing: source))")
                let next = try #require(source?["next_run_at"]?.string.flatMap { Timestamp($0) })
                #expect((next - TimeSource.system.now()).milliseconds > 900_000, "\(next)")
                #expect(try await world.pending() == 1)
            }
        }

        @Test("a handler that is killed while it runs a source begins anew; the history says so") func killed() async throws {
            try await SourcesWorld.run { world in
                try await world.control(
                    "answer", ["path": "/csv/sales.csv", "status": 200, "body": "day,amount\n2026-01-01,1\n2026-01-02,2\n", "after_s": 60])
                let id = try await world.source("csv_url", ["url": .string(world.url("/csv/sales.csv"))])
                #expect(try await world.post("/data/sources/\(id)/sync").status == 202)
                try await world.host.eventually("it is asked") { try await world.asked("/csv/sales.csv") == 1 }
                for pid in try world.host.processes(of: "sources-handler") { Glibc.kill(pid, SIGKILL) }
                let run = try await world.settled(id, more: 1)
                #expect(run["status"] == "succeeded" && run["records"]?["new"] == 2, "\(run)")
                let all = try await world.runs(id)
                #expect(all.last?["status"] == "failed" && all.last?["error"]?["code"] == "interrupted", "\(all)")
                try await world.host.eventually("its work is done") { try await world.pending() == 0 }
            }
        }
    }
}
